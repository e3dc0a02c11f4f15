// Workers that play futures side by side, so that the page stays quick: the last question asked comes first.

const CHUNK = 8;

/** This page's own code for a worker: the address under which its modules are imported. */
const code = () => JSON.parse(document.querySelector("script[type=importmap]").textContent).imports["handout/player"];

export class Crew {
  /** @param begin what every worker begins with: the engine's code, its shapes, the quantiles */
  constructor(begin, number = Math.max(1, Math.min(8, (navigator.hardwareConcurrency || 2) - 1))) {
    this.waiting = []; // chunks, the most urgent last
    this.asked = new Map();
    this.last = 0;
    this.idle = Array.from({ length: number }, () => {
      const worker = new Worker(code(), { type: "module" });
      worker.onmessage = ({ data }) => this.answered(worker, data);
      worker.onerror = (event) => this.failed(event.message || "This browser could not start the model.");
      worker.postMessage({ begin });
      return worker;
    });
    this.number = number;
    this.workers = [...this.idle];
  }

  /** Play in another organisation from now on. */
  around(organisation) {
    for (const worker of this.workers) worker.postMessage({ around: organisation });
  }

  /**
   * Futures 0 to `number` (or those in a list) of some settings: a list of futures, each with what every setting left.
   * `told(done, all)` is called as they come in; once `signal` is aborted, what is not begun yet is never played.
   */
  play(settings, futures, { seed, people = false, told = () => {}, signal = null, urgent = true } = {}) {
    const which = typeof futures === "number" ? Array.from({ length: futures }, (_, i) => i) : futures;
    const size = Math.max(1, Math.min(CHUNK, Math.ceil(which.length / (2 * this.number))));
    return new Promise((resolve, reject) => {
      const job = { found: new Array(which.length), left: which.length, resolve, reject, told, signal };
      const chunks = [];
      for (let first = 0; first < which.length; first += size) {
        this.last += 1;
        chunks.push({ job, first, ask: { id: this.last, settings, seed, people, futures: which.slice(first, first + size) } });
      }
      if (urgent) this.waiting.push(...chunks.reverse());
      else this.waiting.unshift(...chunks.reverse());
      this.send();
    });
  }

  send() {
    while (this.idle.length && this.waiting.length) {
      const chunk = this.waiting.pop();
      if (chunk.job.signal?.aborted) {
        chunk.job.reject(new DOMException("no longer asked", "AbortError"));
        continue;
      }
      const worker = this.idle.pop();
      this.asked.set(chunk.ask.id, chunk);
      worker.postMessage(chunk.ask);
    }
  }

  answered(worker, { id, found, error }) {
    if (id === undefined) {
      this.failed(error);
      return;
    }
    const { job, first } = this.asked.get(id);
    this.asked.delete(id);
    this.idle.push(worker);
    if (error) job.reject(new Error(error));
    else {
      found.forEach((future, i) => { job.found[first + i] = future; });
      job.left -= found.length;
      job.told(job.found.length - job.left, job.found.length);
      if (job.left === 0) job.resolve(job.found);
    }
    this.send();
  }

  failed(message) {
    const error = new Error(message);
    for (const { job } of [...this.waiting, ...this.asked.values()]) job.reject(error);
    this.waiting = [];
  }
}
