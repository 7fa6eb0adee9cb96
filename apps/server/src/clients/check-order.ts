import type { JobOrder } from "../jobs/job-order.ts";
import { checkCmdline } from "./check-cmdline.ts";
import type { ClientRules } from "./client-rules.ts";
import { checkVariables } from "./extra-variables.ts";
import { checkHostList, checkLimit } from "./host-words.ts";
import { checkInside, exists } from "./inside.ts";
import { forbidden } from "./refuse.ts";

/** The words of an order, which the schema has passed. What comes of them together is judged by the plan: see `admitPlan`. */
export async function checkOrder(order: JobOrder, root: string, rules: Pick<Required<ClientRules>, "cmdline">): Promise<void> {
  if (order.limit !== undefined) checkLimit(order.limit, "limit");
  if (order.extravars !== undefined) checkVariables(order.extravars, "extravars");
  if (order.cmdline !== undefined) {
    if (!rules.cmdline) throw forbidden("cmdline", "Clients of this server give no command line.", "Use the fields of the request, or ask the operator, who started the server with --no-cmdline.");
    checkCmdline(order.cmdline);
  }
  const inventories = order.inventory === undefined ? [] : typeof order.inventory === "string" ? [order.inventory] : order.inventory;
  for (const inventory of inventories) {
    if (inventory.includes(",")) checkHostList(inventory, "inventory");
    else await checkInside(`${root}/inventory`, inventory, "inventory");
  }
  if (await exists(`${root}/project`)) await checkInside(`${root}/project`, order.playbook, "playbook");
  // Without a project the playbooks stand beside these. The tool shows lines of a file that is no playbook.
  else await checkInside(root, order.playbook, "playbook", ["env", "artifacts", "inventory"]);
}
