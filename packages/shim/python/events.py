"""Tells the job's supervisor what the tool does, without taking part in what it prints.

An ordinary notification callback. On load it wraps the dispatch of callbacks and a few methods of Display: every call
becomes a JSON event on a connection to the supervisor, and the text displayed meanwhile is bracketed in standard output
by markers that carry the event's number. Whatever goes wrong here, the play goes on.

The supervisor sees by what the kernel says of this process that it is the tool; no secret is handed down to it. What it
learns then, no process that it starts can read: it hides its memory and its descriptors before.

For ansible-core 2.10 and newer.
"""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = """
    name: distronode_runner
    type: notification
    callback_type: notification
    short_description: events for Distronode Runner
    version_added: "2.10"
    description:
      - Reports what happens in a run to the supervisor of the job. Does nothing when there is none.
"""

import datetime
import importlib
import json
import os
import pickle
import socket
import struct
import sys
import threading
import uuid
from collections.abc import Collection, Mapping

# A tool that was forked under this name has it in its package, its variables and its results.
_TOOL = "distronode" if "distronode" in sys.modules else "ansible"


def _of_tool(module, name):
    return getattr(importlib.import_module("%s.%s" % (_TOOL, module)), name)


TaskQueueManager = _of_tool("executor.task_queue_manager", "TaskQueueManager")
callbacks_of_core = importlib.import_module("%s.plugins.callback" % _TOOL)
CallbackBase = callbacks_of_core.CallbackBase
Display = _of_tool("utils.display", "Display")

# Where the supervisor listens. Taken out of the environment: what this process starts would be refused there.
_CHANNEL = os.environ.pop("DISTRONODE_RUNNER_EVENTS", "")
# Seconds that a supervisor may take to answer, and the longest event that it takes.
_PATIENCE, _LONGEST = 30, 67108864

_CENSORED = "the output has been hidden due to the fact that 'no_log: true' was specified for this result"
_SETUP = frozenset(
    prefix + name
    for prefix in ("", "ansible.builtin.", "ansible.legacy.", "distronode.builtin.", "distronode.legacy.")
    for name in ("setup", "gather_facts")
)
# What RUNNER_ONLY_FAILED_EVENTS keeps.
_FAILURES = frozenset(
    ("runner_on_failed", "runner_on_unreachable", "runner_on_async_failed", "runner_item_on_failed")
)
_FLAGS = ("debug", "verbose", "deprecated", "warning", "system_warning", "error")
_PREFIXES = (
    ("[DEPRECATION WARNING]: ", "deprecated"),
    ("[DEPRECATED]: ", "deprecated"),
    ("[WARNING]: ", "warning"),
    ("[ERROR]: ", "error"),
)
_UTC = datetime.timezone.utc


def _true(name):
    return os.environ.get(name, "").lower() == "true"


def _plain(value):
    """What JSON has no form for. Never fails: a value that can not even be shown leaves its type."""
    try:
        ciphertext = getattr(value, "_ciphertext", None)
        if isinstance(ciphertext, bytes):
            ciphertext = ciphertext.decode("utf-8", "replace")
        if isinstance(ciphertext, str):
            return {"__%s_vault" % _TOOL: ciphertext}
        if isinstance(value, (datetime.date, datetime.time)):
            return value.isoformat()
        if isinstance(value, bytes):
            return value.decode("utf-8", "surrogateescape")
        if isinstance(value, Mapping):
            return dict(value.items())
        if isinstance(value, Collection) and not isinstance(value, type):
            return list(value)
        return str(value)
    except Exception:
        return "<%s>" % type(value).__name__


_encode = json.JSONEncoder(check_circular=False, allow_nan=False, default=_plain).encode


def _reduced(value, within=()):
    """The value with everything replaced that the encoder refuses: odd keys, infinite numbers, endless nesting."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if value == value and value not in (float("inf"), float("-inf")) else None
    if id(value) in within or len(within) > 100:
        return None
    within += (id(value),)
    if not isinstance(value, (dict, list, tuple)):
        value = _plain(value)
        return value if isinstance(value, str) else _reduced(value, within)
    if isinstance(value, dict):
        return dict((_key(key), _reduced(item, within)) for key, item in value.items())
    return [_reduced(item, within) for item in value]


def _key(key):
    """As the encoder writes keys of these types, and a text for those it refuses."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return json.dumps(key)
    try:
        return key.decode("utf-8", "surrogateescape") if isinstance(key, bytes) else str(key)
    except Exception:
        return "<%s>" % type(key).__name__


def _dump(event):
    try:
        return _encode(event)
    except (TypeError, ValueError, RecursionError):
        return _encode(_reduced(event))


def _shown_size(res, limit):
    """Whether Python's text of `res` is longer than the limit; cheap where one text alone decides."""
    for value in res.values():
        if isinstance(value, str) and len(value) > limit:
            return True
    return len(str(res)) > limit


class Journal:
    """The run so far, as far as events repeat it, and the way out to the supervisor."""

    def __init__(self, fd, token, source):
        self.fd = fd
        self.first = source << 32  # of this connection's numbers in markers
        self.pid = os.getpid()
        self.out = sys.stdout.fileno()
        self.lock = threading.RLock()
        self.number = 0
        self.open = None  # the number of the event whose callbacks run
        self.begun = False  # whether its begin marker is out
        self.callbacks, self.displaying = 0, True
        self.flags = {}  # what is known of the text that is about to be displayed
        self.relay = relays()
        self.begin_mark, self.end_mark, self.empty_mark = (
            "\x1b_%s%s%%d\x1b\\" % (token, kind) for kind in ("B", "E", "N")
        )
        self.playbook, self.play, self.task = {}, {}, {}
        self.adhoc = False
        self.starts = {}
        self.plays, self.tasks = {}, {}
        self.ids = {}
        for name in ("job_id", "ad_hoc_command_id", "project_update_id"):
            try:
                self.ids[name] = int(os.environ.get(name.upper(), ""))
            except ValueError:
                pass
        try:
            self.limit = int(os.environ.get("MAX_EVENT_RES", ""))
        except ValueError:
            self.limit = 700000
        self.omit, self.only_failed = _true("RUNNER_OMIT_EVENTS"), _true("RUNNER_ONLY_FAILED_EVENTS")
        self.show_args = False
        try:
            constants = importlib.import_module(_TOOL + ".constants")
            self.show_args = bool(constants.config.get_config_value("DISPLAY_ARGS_TO_STDOUT"))
        except Exception:
            self.show_args = os.environ.get("ANSIBLE_DISPLAY_ARGS_TO_STDOUT", "").lower() in ("1", "true", "yes", "on")

    # The channel and the markers

    def write(self, fd, data):
        written = os.write(fd, data)
        while written < len(data):
            data = memoryview(data)[written:]
            written = os.write(fd, data)

    def flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (AttributeError, ValueError, OSError):
                pass

    def mark(self, mark):
        self.flush()
        if self.fd >= 0:
            self.write(self.out, (mark % (self.first + self.number)).encode("ascii"))

    def send(self, event, uid, data, own, parent=None, verbosity=None):
        """One event: `data` is the context, `own` what belongs to this event alone."""
        if self.omit or self.only_failed and event not in _FAILURES:
            data = {}
        else:
            data.update(own)
            data.setdefault("uuid", uid)
        if parent is None:
            for source, name in ((self.task, "task_uuid"), (self.play, "play_uuid"), (self.playbook, "playbook_uuid")):
                candidate = source.get(name)
                if candidate and candidate != uid:
                    parent = candidate
                    break
        envelope = {"uuid": uid, "event": event}
        envelope.update(self.ids)
        envelope["pid"] = self.pid
        envelope["created"] = datetime.datetime.now(_UTC).isoformat(timespec="microseconds")
        if parent:
            envelope["parent_uuid"] = parent
        if verbosity is not None:
            envelope["verbosity"] = verbosity
        envelope["event_data"] = data
        try:
            text = _dump(envelope)
            res = data.get("res")
            # The text of a value in Python is never much longer than in JSON, so small ones need no second look.
            if len(text) > self.limit // 2 and isinstance(res, dict) and _shown_size(res, self.limit):
                data["res"] = {}
                text = _dump(envelope)
            if len(text) > _LONGEST:
                raise ValueError("it is longer than %d bytes" % _LONGEST)
        except Exception as error:
            envelope["event_data"] = {"uuid": uid, "plugin_error": "%s: %s" % (type(error).__name__, error)}
            text = _encode(envelope)
        text = text.encode("ascii")
        try:
            self.write(self.fd, struct.pack(">II", self.number + 1, len(text)) + text)
        except OSError:
            self.fd = -1  # the supervisor is gone
            return
        self.number += 1

    def context(self, task=None):
        data = dict(self.playbook)
        data.update(self.play)
        data.update(self.task if task is None else task)
        return data

    # Callbacks

    def dispatch(self, original, manager, method, args, kwargs):
        if self.fd < 0 or os.getpid() != self.pid:
            return original(manager, method, *args, **kwargs)
        with self.lock:
            handler = getattr(self, "on_" + method, None)
            sent = False
            before = self.number
            if handler is not None and self.open is None and not implicit(args):
                try:
                    handler(*[clean(arg) for arg in args], **kwargs)
                except Exception as error:
                    if self.number == before and self.fd >= 0:
                        self.broken(method[3:], args, error)
                sent = self.number != before
            if not sent:
                return original(manager, method, *args, **kwargs)
            self.open, self.begun = self.number, False
            try:
                if not self.only_display(manager):
                    self.begin()
                return original(manager, method, *args, **kwargs)
            finally:
                try:
                    self.mark(self.end_mark if self.begun else self.empty_mark)
                except OSError:
                    self.fd = -1
                self.open, self.begun = None, False

    def broken(self, event, args, error):
        """An event that could not be told: at least what it is about."""
        own, context = {}, None
        try:
            for arg in args:
                host = getattr(arg, "host", None) or getattr(arg, "_host", None)
                task = getattr(arg, "task", None) or getattr(arg, "_task", None)
                if host is not None and task is not None:
                    own["host"], context = host.get_name(), self.describe(task)
        except Exception:
            context = None
        own["plugin_error"] = "%s: %s" % (type(error).__name__, error)
        self.send(event, str(uuid.uuid4()), self.context(context), own)

    def begin(self):
        try:
            self.mark(self.begin_mark)
            self.begun = True
        except OSError:
            self.fd = -1

    def only_display(self, manager):
        """Whether every callback prints through Display, as far as is known: those of ansible-core do; others may just print."""
        callbacks = [getattr(manager, "_stdout_callback", None)] + list(getattr(manager, "_callback_plugins", ()))
        if len(callbacks) != self.callbacks:
            self.callbacks = len(callbacks)
            self.displaying = all(shipped(callback) for callback in callbacks)
        return self.displaying

    def fresh(self, event, own, task=None):
        context = None if task is None else self.describe(task)
        self.send(event, str(uuid.uuid4()), self.context(context), own, parent=context and context["task_uuid"])

    def describe(self, task):
        """The context of a task. Asked for with every result, so the last one is kept."""
        if task is getattr(self, "described", None):
            return self.description
        data = {
            "task": task.name or task.action,
            "task_uuid": str(task._uuid),
            "task_action": task.action,
            "resolved_action": getattr(task, "resolved_action", None),
            "task_args": "",
        }
        try:
            data["task_path"] = task.get_path() or ""
        except AttributeError:
            pass
        if self.show_args:
            if task.no_log:
                data["task_args"] = _CENSORED
            else:
                data["task_args"] = ", ".join("%s=%s" % item for item in task.args.items())
        role = getattr(task, "_role", None)
        if role:
            data["role"] = role._role_name
            if role.get_name() != role._role_name:
                data["resolved_role"] = role.get_name()
        self.described, self.description = task, data
        return data

    def on_v2_playbook_on_start(self, playbook):
        name = getattr(playbook, "_file_name", None) or "???"
        self.adhoc = name == "__adhoc_playbook__"
        self.playbook = {"playbook": name, "playbook_uuid": str(uuid.uuid4())}
        self.play, self.task = {}, {}
        self.send("playbook_on_start", self.playbook["playbook_uuid"], self.context(), {})

    def on_v2_playbook_on_vars_prompt(
        self,
        varname,
        private=True,
        prompt=None,
        encrypt=None,
        confirm=False,
        salt_size=None,
        salt=None,
        default=None,
        unsafe=None,
    ):
        own = {
            "varname": varname,
            "private": private,
            "prompt": prompt,
            "encrypt": encrypt,
            "confirm": confirm,
            "salt_size": salt_size,
            "salt": salt,
            "default": default,
            "unsafe": unsafe,
        }
        self.fresh("playbook_on_vars_prompt", own)

    def on_v2_playbook_on_play_start(self, play):
        if self.adhoc:
            return
        uid = str(play._uuid)
        times = self.plays[uid] = self.plays.get(uid, 0) + 1
        if times > 1:
            uid = "%s_%d" % (uid, times)
        hosts = play.hosts
        pattern = ",".join(str(host) for host in hosts) if isinstance(hosts, (list, tuple)) else str(hosts)
        name = play.get_name().strip() or pattern
        self.play, self.task = {"play": name, "play_uuid": uid, "play_pattern": pattern}, {}
        self.send("playbook_on_play_start", uid, self.context(), {"name": name, "pattern": pattern, "uuid": uid})

    def task_start(self, task, own, count):
        self.described = None
        self.task = self.describe(task)
        uid = self.task["task_uuid"]
        if count:
            times = self.tasks[uid] = self.tasks.get(uid, 0) + 1
            if times > 1:
                uid = "%s_%d" % (uid, times)
        data = {"name": task.get_name().strip()}
        data.update(own)
        self.send("playbook_on_task_start", uid, self.context(), data)
        self.described = None  # only for this event does the task have its templated name

    def on_v2_playbook_on_task_start(self, task, is_conditional=False):
        if not self.adhoc:
            self.task_start(task, {"is_conditional": bool(is_conditional)}, True)

    def on_v2_playbook_on_handler_task_start(self, task):
        self.task_start(task, {"uuid": str(task._uuid), "is_conditional": True}, False)

    on_v2_playbook_on_cleanup_task_start = on_v2_playbook_on_handler_task_start

    def on_v2_playbook_on_include(self, included_file):
        self.fresh("playbook_on_include", {"included_file": getattr(included_file, "_filename", None)})

    def on_v2_playbook_on_notify(self, handler, host):
        self.fresh("playbook_on_notify", {"host": host.get_name(), "handler": handler.get_name()})

    def on_v2_playbook_on_no_hosts_matched(self):
        self.fresh("playbook_on_no_hosts_matched", {})

    def on_v2_playbook_on_no_hosts_remaining(self):
        self.fresh("playbook_on_no_hosts_remaining", {})

    def on_v2_playbook_on_stats(self, stats):
        self.play, self.task = {}, {}
        own = dict(
            (name, getattr(stats, name, {}))
            for name in ("changed", "dark", "failures", "ignored", "ok", "processed", "rescued", "skipped")
        )
        own["artifact_data"] = getattr(stats, "custom", {}).get("_run", {})
        self.fresh("playbook_on_stats", own)

    def on_v2_runner_on_start(self, host, task):
        self.starts[host.get_name()] = datetime.datetime.now(_UTC)
        self.fresh("runner_on_start", {"host": host.get_name()}, task)

    def base(self, result):
        host = result._host
        own = {"host": host.get_name(), "remote_addr": host.address}
        return own, self.span(own["host"])

    def span(self, host):
        start = self.starts.get(host)
        if start is None:
            return {"start": None, "end": None, "duration": None}
        end = datetime.datetime.now(_UTC)
        return {
            "start": start.replace(tzinfo=None).isoformat(),
            "end": end.replace(tzinfo=None).isoformat(),
            "duration": (end - start).total_seconds(),
        }

    def res(self, result):
        """The result for the event. The one that other callbacks get stays as it is."""
        res = result._result
        if not isinstance(res, dict):
            return res
        if no_log(res):
            return {"censored": _CENSORED}
        items = res.get("results")
        if isinstance(items, list) and any(isinstance(i, dict) and no_log(i) for i in items):
            res = dict(res)
            res["results"] = [
                {"censored": _CENSORED} if isinstance(item, dict) and no_log(item) else item
                for item in items
            ]
        if "ansible_facts" in res or "distronode_facts" in res or "results" in res:
            res = without_environment(res, result._task.action in _SETUP)
        return res

    def on_v2_runner_on_ok(self, result):
        own, span = self.base(result)
        own["res"] = self.res(result)
        own.update(span)
        own["event_loop"] = getattr(result._task, "loop_with", None)
        self.fresh("runner_on_ok", own, result._task)

    def on_v2_runner_on_failed(self, result, ignore_errors=False):
        own, span = self.base(result)
        own["res"] = self.res(result)
        own.update(span)
        own["ignore_errors"] = ignore_errors
        own["event_loop"] = getattr(result._task, "loop_with", None)
        self.fresh("runner_on_failed", own, result._task)

    def on_v2_runner_on_skipped(self, result):
        own, span = self.base(result)
        own.update(span)
        own["event_loop"] = getattr(result._task, "loop_with", None)
        self.fresh("runner_on_skipped", own, result._task)

    def on_v2_runner_on_unreachable(self, result):
        own, span = self.base(result)
        own.update(span)
        own["res"] = self.res(result)
        self.fresh("runner_on_unreachable", own, result._task)

    def asynchronous(self, event, result):
        res = result._result
        jid = job_id_of(res)
        if not jid and isinstance(res.get("async_result"), dict):
            jid = job_id_of(res["async_result"])
        own = {"host": result._host.get_name(), "res": self.res(result), "jid": jid}
        self.fresh(event, own, result._task)

    def on_v2_runner_on_async_poll(self, result):
        self.asynchronous("runner_on_async_poll", result)

    def on_v2_runner_on_async_ok(self, result):
        self.asynchronous("runner_on_async_ok", result)

    def on_v2_runner_on_async_failed(self, result):
        self.asynchronous("runner_on_async_failed", result)

    def on_v2_on_file_diff(self, result):
        res = self.res(result)
        own = {"host": result._host.get_name(), "diff": res.get("diff")}
        self.fresh("runner_on_file_diff", own, result._task)

    def item(self, event, result):
        self.fresh(event, {"host": result._host.get_name(), "res": self.res(result)}, result._task)

    def on_v2_runner_item_on_ok(self, result):
        self.item("runner_item_on_ok", result)

    def on_v2_runner_item_on_failed(self, result):
        self.item("runner_item_on_failed", result)

    def on_v2_runner_item_on_skipped(self, result):
        self.item("runner_item_on_skipped", result)

    def on_v2_runner_retry(self, result):
        self.item("runner_retry", result)

    # Display

    def display(self, original, shown, msg, args, kwargs):
        if os.getpid() != self.pid:
            if self.relay and self.flags and isinstance(msg, str) and getattr(shown, "_final_q", None) is not None:
                msg = relayed(msg, self.flags)
            return original(shown, msg, *args, **kwargs)
        if self.fd < 0:
            return original(shown, msg, *args, **kwargs)
        log_only = kwargs.get("log_only") or len(args) > 3 and args[3]
        if log_only:
            return original(shown, msg, *args, **kwargs)
        with self.lock:
            try:
                if self.open is None:
                    return self.displayed(original, shown, msg, args, kwargs)
                if not self.begun:
                    self.begin()
                elif kwargs.get("stderr") or len(args) > 1 and args[1]:
                    self.flush()
            except OSError:
                self.fd = -1
            return original(shown, msg, *args, **kwargs)

    def displayed(self, original, shown, msg, args, kwargs):
        """A text that belongs to no callback: an event of its own."""
        own = dict(getattr(msg, "flags", None) or self.flags)
        verbosity = own.pop("verbosity", None)
        event = next((flag for flag in _FLAGS if flag in own), None)
        if event is None:
            event = "verbose"
            if isinstance(msg, str):  # perhaps relayed by a worker that could not say what it is
                start = msg[:64].lstrip("\n")
                event = next((kind for prefix, kind in _PREFIXES if start.startswith(prefix)), "verbose")
                if event != "verbose":
                    own[event] = True
        before = self.number
        self.send(event, str(uuid.uuid4()), self.context(), own, verbosity=verbosity)
        if self.number == before:
            return original(shown, msg, *args, **kwargs)
        self.open, self.begun = self.number, True
        try:
            self.mark(self.begin_mark)
            return original(shown, msg, *args, **kwargs)
        finally:
            self.mark(self.end_mark)
            self.open, self.begun = None, False


def clean(arg):
    """Results as callbacks get them: without internal keys, censored."""
    for name in ("as_callback_task_result", "clean_copy"):
        method = getattr(arg, name, None)
        if method is not None:
            return method()
    if hasattr(arg, "utr") and hasattr(arg, "task"):  # ansible-core 2.22 and newer
        from ansible.executor.task_result import CallbackTaskResult

        return CallbackTaskResult(host=arg.host, task=arg.task, utr=arg.utr)
    return arg


def shipped(callback):
    """Whether a callback takes no calls or is one of ansible-core's."""
    if callback is None or getattr(callback, "disabled", False):
        return True
    place = getattr(sys.modules.get(type(callback).__module__), "__file__", None)
    return isinstance(place, str) and os.path.dirname(place) == os.path.dirname(callbacks_of_core.__file__)


def implicit(args):
    """Whether ansible keeps this call from callbacks that did not ask for implicit tasks."""
    return any(getattr(arg, "implicit", False) is True and hasattr(arg, "action") for arg in args)


def no_log(res):
    return res.get("_ansible_no_log") or res.get("_distronode_no_log")


def job_id_of(res):
    return res.get("ansible_job_id") or res.get("distronode_job_id")


def without_environment(res, setup):
    for tool in ("ansible", "distronode"):
        facts, env = res.get(tool + "_facts"), tool + "_env"
        if setup and isinstance(facts, dict) and env in facts:
            res = dict(res)
            res[tool + "_facts"] = dict(facts)
            del res[tool + "_facts"][env]
    items = res.get("results")
    if setup and isinstance(items, list):
        res = dict(res)
        res["results"] = [without_environment(i, setup) if isinstance(i, dict) else i for i in items]
    return res


class Relayed(str):
    """A text on its way from a worker, with what the worker knew about it."""

    def __reduce__(self):
        return relayed, (str(self), self.flags)


def relayed(text, flags):
    text = Relayed(text)
    text.flags = flags
    return text


def relays():
    """Whether workers of this version relay only texts, and ours can go with them."""
    try:
        text = pickle.loads(pickle.dumps(relayed("x", {"verbose": True})))
        return not hasattr(Display, "_warning") and text.flags == {"verbose": True}
    except Exception:
        return False


def with_flags(journal, flags, call):
    worker = os.getpid() != journal.pid
    if journal.open is not None and not worker:
        return call()
    if not worker:  # in a worker there is one thread, and the lock may have been held when it was born
        journal.lock.acquire()
    before = journal.flags
    journal.flags = dict(before, **flags)
    try:
        return call()
    finally:
        journal.flags = before
        if not worker:
            journal.lock.release()


def flagged(journal, original, flag):
    def wrapper(self, *args, **kwargs):
        return with_flags(journal, {flag: True}, lambda: original(self, *args, **kwargs))

    wrapper.__name__ = original.__name__
    wrapper.__doc__ = original.__doc__
    return wrapper


def flagged_verbose(journal, original):
    def wrapper(self, msg, host=None, caplevel=2):
        if self.verbosity <= caplevel:
            return original(self, msg, host=host, caplevel=caplevel)
        flags = {"verbose": True, "verbosity": caplevel + 1}
        if host is not None:
            flags["remote_addr"] = host
        return with_flags(journal, flags, lambda: original(self, msg, host=host, caplevel=caplevel))

    wrapper.__name__ = original.__name__
    wrapper.__doc__ = original.__doc__
    return wrapper


def install(journal):
    dispatch = TaskQueueManager.send_callback

    def send_callback(self, method_name, *args, **kwargs):
        return journal.dispatch(dispatch, self, method_name, args, kwargs)

    TaskQueueManager.send_callback = send_callback

    shown = Display.display

    def display(self, msg, *args, **kwargs):
        return journal.display(shown, self, msg, args, kwargs)

    # The name is what a worker sends to have the call made in this process.
    display.__name__ = shown.__name__
    display.__doc__ = shown.__doc__
    Display.display = display
    for flag in ("debug", "deprecated", "warning", "system_warning", "error"):
        for name in (flag, "_" + flag):
            original = getattr(Display, name, None)
            if callable(original):
                setattr(Display, name, flagged(journal, original, flag))
    for name in ("verbose", "_verbose_display"):
        original = getattr(Display, name, None)
        if callable(original):
            setattr(Display, name, flagged_verbose(journal, original))


def hide():
    """No process of the same user may look into this one: neither into its memory nor at its descriptors."""
    try:
        import ctypes

        ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)  # PR_SET_DUMPABLE
    except Exception:
        pass


def connect(path):
    """The connection, the token of the markers and the number of this connection, or None from one who is not wanted."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        end.settimeout(_PATIENCE)
        end.connect(path)
        hide()
        asked = end.recv(16)
        end.sendall(asked)
        said = b""
        while not said.endswith(b"\n"):
            part = end.recv(64)
            if not part:
                return None
            said += part
        token, source = said.decode("ascii").split()
        end.settimeout(None)
        return end.detach(), token, int(source)
    except (BrokenPipeError, ConnectionResetError):
        return None
    finally:
        end.close()


def forget(journal):
    """In a worker: what is only for the process that reports."""
    fd, journal.fd = journal.fd, -1
    journal.begin_mark = journal.end_mark = journal.empty_mark = ""
    if fd >= 0:
        os.close(fd)


def start():
    """Once: a process has one connection."""
    global _CHANNEL
    path, _CHANNEL = _CHANNEL, ""
    if not path:
        return
    try:
        known = connect(path)
        if known is not None:
            journal = Journal(*known)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=lambda: forget(journal))
            install(journal)
    except Exception as error:
        Display().warning("events of this run are not reported: %s" % error)


class CallbackModule(CallbackBase):
    """Takes no calls itself: by the time a callback is called, other callbacks have already displayed something."""

    CALLBACK_VERSION = 1.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "distronode_runner"
    CALLBACK_NEEDS_ENABLED = False
    CALLBACK_NEEDS_WHITELIST = False

    def __init__(self, *args, **kwargs):
        super(CallbackModule, self).__init__(*args, **kwargs)
        self.disabled = True
        start()
