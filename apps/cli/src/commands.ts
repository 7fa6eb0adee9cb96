import type { Command } from "@oclif/core";
import Answer from "./commands/answer.ts";
import Attach from "./commands/attach.ts";
import Cancel from "./commands/cancel.ts";
import Completion from "./commands/completion.ts";
import ConfigShow from "./commands/config/show.ts";
import Daemon from "./commands/daemon.ts";
import Doctor from "./commands/doctor.ts";
import Engines from "./commands/engines.ts";
import Events from "./commands/events.ts";
import Explain from "./commands/explain.ts";
import ImagesList from "./commands/images/list.ts";
import ImagesLoad from "./commands/images/load.ts";
import ImagesPull from "./commands/images/pull.ts";
import ImagesRemove from "./commands/images/remove.ts";
import ImagesSave from "./commands/images/save.ts";
import IsAlive from "./commands/is-alive.ts";
import Logs from "./commands/logs.ts";
import Ls from "./commands/ls.ts";
import Ps from "./commands/ps.ts";
import Rm from "./commands/rm.ts";
import Run from "./commands/run.ts";
import Serve from "./commands/serve.ts";
import Start from "./commands/start.ts";
import Stop from "./commands/stop.ts";
import Wait from "./commands/wait.ts";
import WorkerCleanup from "./commands/worker/cleanup.ts";

export { Help } from "./help/help.ts";

/**
 * Every command by its name. An explicit map, because the published command line is one bundle and has no directory to
 * search. All of these files are loaded at each start: what a command needs beyond parsing it imports inside `run`.
 */
export const commands: Record<string, Command.Class> = {
  run: Run,
  ps: Ps,
  ls: Ls,
  attach: Attach,
  logs: Logs,
  events: Events,
  wait: Wait,
  cancel: Cancel,
  answer: Answer,
  rm: Rm,
  start: Start,
  stop: Stop,
  "is-alive": IsAlive,
  "worker:cleanup": WorkerCleanup,
  explain: Explain,
  "config:show": ConfigShow,
  doctor: Doctor,
  engines: Engines,
  "images:list": ImagesList,
  "images:pull": ImagesPull,
  "images:remove": ImagesRemove,
  "images:save": ImagesSave,
  "images:load": ImagesLoad,
  serve: Serve,
  completion: Completion,
  daemon: Daemon,
};
