const bins = 1000;

/** How a share was spread over time: its mean, a percentile to a tenth of a percent, and its highest. Each with its weight. */
export class Spread {
  readonly #weights = new Float64Array(bins + 1);
  #weight = 0;
  #sum = 0;
  #highest = 0;

  /** `share` from 0 to 1. */
  add(share: number, weight: number): void {
    if (weight <= 0) return;
    const bin = Math.min(bins, Math.max(0, Math.round(share * bins)));
    this.#weights[bin] = (this.#weights[bin] ?? 0) + weight;
    this.#weight += weight;
    this.#sum += share * weight;
    this.#highest = Math.max(this.#highest, share);
  }

  get mean(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight;
  }

  get highest(): number {
    return this.#highest;
  }

  /** What it did not exceed for `part` of the time; 0 to 1. */
  percentile(part: number): number {
    let seen = 0;
    for (let bin = 0; bin <= bins; bin += 1) {
      seen += this.#weights[bin] ?? 0;
      if (seen > 0 && seen >= part * this.#weight) return Math.min(bin / bins, this.#highest);
    }
    return this.#highest;
  }
}
