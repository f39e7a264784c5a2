import { AGAIN, forEachLimited, tryTimes } from "@release-actions/concurrency";
import { NotaryError, NotaryHttpError, NotaryTimeout } from "./error.ts";
import type { World } from "./http.ts";
import type { NotaryLog } from "./log.ts";
import type { NotaryService, Status } from "./service.ts";
import type { Stage, Submission } from "./submission.ts";
import { type Complaint, complaintsOf, verifyAccepted } from "./verify.ts";
import { waitForVerdict } from "./wait.ts";

/** One file to notarize: a .zip, .dmg or .pkg. */
export interface NotaryJob {
  readonly file: string;
  readonly name: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** The cdhashes of all code in the file, as far as they are known. */
  readonly cdhashes: readonly string[];
}

export interface NotaryOutcome<Job extends NotaryJob = NotaryJob> {
  readonly job: Job;
  readonly submission: Submission;
  /**
   * `pending` if there is no verdict yet (without waiting, or at the deadline), or if Apple's log is not available yet.
   * `unverified` if Apple accepted the submission but its log is about other bytes or other code.
   */
  readonly verdict: "accepted" | "unverified" | "invalid" | "rejected" | "pending";
  readonly log: NotaryLog | undefined;
  readonly complaints: readonly Complaint[];
}

export interface NotarizeOptions {
  readonly service: NotaryService;
  readonly world: World;
  /** Submissions of earlier runs. One with the same bytes is resumed. */
  readonly earlier: readonly Submission[];
  /** Called with all submissions whenever one of them reaches a new stage, before anything else happens. */
  readonly record: (submissions: readonly Submission[]) => Promise<void>;
  readonly wait: boolean;
  /** When to stop waiting, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The number of files that are notarized at the same time; parallel uploads share one connection to Amazon. */
const AT_ONCE = 6;

/** Notarizes several files at the same time. A failure does not stop the others; the first error is thrown at the end. */
export async function notarize<Job extends NotaryJob>(
  jobs: readonly Job[],
  options: NotarizeOptions,
): Promise<NotaryOutcome<Job>[]> {
  const submissions = new Map<string, Submission>();
  const record = async (submission: Submission): Promise<void> => {
    submissions.set(submission.sha256, submission);
    await options.record([...submissions.values()]);
  };
  const outcomes: NotaryOutcome<Job>[] = [];
  const failures: unknown[] = [];
  await forEachLimited(jobs.entries(), AT_ONCE, async ([index, job]) => {
    try {
      outcomes[index] = await notarizeOne(job, record, options);
    } catch (error) {
      options.world.signal?.throwIfAborted();
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  return outcomes;
}

type Record = (submission: Submission) => Promise<void>;

async function notarizeOne<Job extends NotaryJob>(
  job: Job,
  record: Record,
  options: NotarizeOptions,
): Promise<NotaryOutcome<Job>> {
  const { service, world } = options;
  const submission = (await resume(job, record, options)) ?? (await submit(job, record, options));
  const pending = { job, submission, verdict: "pending", log: undefined } as const;
  if (!options.wait) return { ...pending, complaints: [] };
  let status: Status;
  try {
    ({ status } = await waitForVerdict(service, submission.id, options.deadline, world));
  } catch (error) {
    if (!(error instanceof NotaryTimeout)) throw error;
    return { ...pending, complaints: [{ level: "error", message: error.message, advice: error.advice }] };
  }
  const log = await fetchLog(submission.id, options);
  // Recorded last, so that a submission recorded as accepted has been compared with Apple's log.
  const judged = judge(job, status, log);
  const stage = judged.verdict === "pending" ? submission.stage : judged.verdict;
  const done: Submission = { ...submission, stage };
  await record(done);
  return { job, submission: done, ...judged };
}

function judge(
  job: NotaryJob,
  status: Status,
  log: NotaryLog | NotaryError,
): Pick<NotaryOutcome, "verdict" | "log" | "complaints"> {
  const said = status === "accepted" || status === "invalid" ? status : "rejected";
  if (log instanceof NotaryError) {
    const what = said === "accepted" ? "Apple has accepted it" : `Apple's verdict is ${said}`;
    const message = `${what}, but the log that says what Apple saw is not available: ${log.message}`;
    const complaint = { level: "error", message, advice: "Run again: the submission is resumed." } as const;
    return { verdict: said === "accepted" ? "pending" : said, log: undefined, complaints: [complaint] };
  }
  const wrong = said === "accepted" ? verifyAccepted(log, job.sha256, job.cdhashes) : [];
  const complaints = [...complaintsOf(log), ...wrong];
  const isDoubtful = said === "accepted" && complaints.some(({ level }) => level === "error");
  return { verdict: isDoubtful ? "unverified" : said, log, complaints };
}

const RESUMED: readonly Stage[] = ["uploaded", "accepted", "invalid", "rejected"];

/** The earlier submission of the same bytes, if Apple still knows it. */
async function resume(job: NotaryJob, record: Record, options: NotarizeOptions): Promise<Submission | undefined> {
  const earlier = options.earlier.find(({ sha256, stage }) => sha256 === job.sha256 && RESUMED.includes(stage));
  if (earlier === undefined) return undefined;
  try {
    await options.service.status(earlier.id);
  } catch (error) {
    if (!(error instanceof NotaryHttpError) || error.status !== 404) throw error;
    options.world.reporter.info(`${job.name}: Apple does not know the submission ${earlier.id}, submitting anew`);
    return undefined;
  }
  options.world.reporter.info(`${job.name}: resuming the submission ${earlier.id}`);
  // The verdict of the earlier run is not reused.
  const submission = { ...earlier, name: job.name, stage: "uploaded" } as const;
  await record(submission);
  return submission;
}

async function submit(job: NotaryJob, record: Record, { service, world }: NotarizeOptions): Promise<Submission> {
  const { id, upload } = await service.submit(job.file, job.name, job.sha256);
  const created: Submission = { name: job.name, sha256: job.sha256, id, stage: "created" };
  await record(created);
  world.reporter.info(`${job.name}: submission ${id}, uploading`);
  await upload();
  const uploaded = { ...created, stage: "uploaded" } as const;
  await record(uploaded);
  world.reporter.info(`${job.name}: uploaded`);
  return uploaded;
}

/** The log may become available a little later than the verdict. */
const LOG_ATTEMPTS = 12;
const LOG_INTERVAL_MS = 5000;

/** Fetches the log. A failure is returned, since the verdict is valid without the log. */
async function fetchLog(id: string, { service, world }: NotarizeOptions): Promise<NotaryLog | NotaryError> {
  const tries = { times: LOG_ATTEMPTS, pauseMs: () => LOG_INTERVAL_MS, wait: world.sleep, signal: world.signal };
  return await tryTimes<NotaryLog | NotaryError>(tries, async (isLast) => {
    try {
      return await service.log(id);
    } catch (error) {
      world.signal?.throwIfAborted();
      if (!(error instanceof NotaryError)) throw error;
      return isLast ? error : AGAIN;
    }
  });
}
