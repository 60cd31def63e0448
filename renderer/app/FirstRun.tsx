import AddOutlined from '@mui/icons-material/AddOutlined';
import Button from '@mui/material/Button';
import { useEffect } from 'react';
import { openDialog } from '../features/dialogs.ts';
import styles from './FirstRun.module.css';

/** The first start: what Drover is, and the one thing to do. */
export function FirstRun() {
  useEffect(() => {
    document.title = 'Drover';
  }, []);
  return (
    <div className={styles.page}>
      <div className={styles.card}>
        <img src="/drover.svg" alt="" width={40} height={40} />
        <h1>Move virtual machines between your Linux hosts while they run</h1>
        <p>
          Drover is a console for KVM/libvirt hosts. It reaches them over SSH, installs nothing on them, and
          says before it does something what that will do.
        </p>
        <div>
          <Button
            variant="contained"
            size="medium"
            startIcon={<AddOutlined />}
            onClick={() => openDialog({ kind: 'add-host' })}
          >
            Add a host
          </Button>
        </div>
        <dl className={styles.needs}>
          <dt>On the host</dt>
          <dd>Linux with libvirt and an SSH server</dd>
          <dt>From you</dt>
          <dd>an account there that may use libvirt: root, or a member of the group libvirt</dd>
          <dt>To migrate</dt>
          <dd>two such hosts in one cluster</dd>
        </dl>
      </div>
    </div>
  );
}
