"""Lambda functions as processes: the packed code, the template's environment, time and memory."""

import contextlib
import hashlib
import io
import json
import os
import signal
import threading
import time
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import psutil

from local.faults import Faults, FunctionFault
from local.fork_server import ForkServer, ForkServers
from workflow.whole_files import make_whole_folder

_WATCH_SECONDS = 0.05
# Lambda gives the end of an invocation's log.
_LOG_BYTES = 4096
# More at once than processors only makes each slower, and takes its memory.
_AT_ONCE = max(4, 2 * (os.cpu_count() or 1))
# Idle processes of one function, as many as are needed when it is invoked again and again, and of
# all: each has up to 40 MB of its own. Lambda, too, ends what is idle for long.
_IDLE_KEPT = _AT_ONCE
_IDLE_KEPT_OF_ALL = max(32, 2 * _AT_ONCE)


@dataclass(frozen=True)
class FunctionSettings:
    """What the template says of a function, its code as the zip that was deployed, and its role's
    credentials as environment variables. ``log_level`` is the least grave level that is logged.
    ``has_layer`` tells whether the template gives it one."""

    name: str
    code: bytes
    handler: str
    timeout_seconds: float
    memory_mb: int
    environment: dict[str, str]
    region: str
    arn: str
    credentials: dict[str, str]
    log_level: str = "INFO"
    has_layer: bool = False

    @property
    def fingerprint(self) -> str:
        """Changes whenever a process that was started before must not be used again."""
        variables = sorted((self.environment | self.credentials).items())
        parts = [self.code_digest, self.handler, self.memory_mb, self.log_level, variables]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    @property
    def code_digest(self) -> str:
        """Tells one code from another."""
        return _digest(self.code)


@dataclass(frozen=True)
class Outcome:
    """What an invocation gave back: JSON, whether it is an error, and the end of the log."""

    payload: str
    failed: bool
    log: str


@dataclass
class LambdaProcesses:
    """The processes of all functions. One that has answered is used again, as Lambda does it.

    Where more functions are invoked than the machine bears, they wait.
    """

    home: Path
    endpoint: str
    faults: Faults = field(default_factory=Faults)
    servers: ForkServers = field(default_factory=ForkServers)
    # By fingerprint, as the idle ones.
    _loaded: dict[str, ForkServer] = field(default_factory=dict)
    # By fingerprint, those that were used last at the end.
    _idle: dict[str, list["_Process"]] = field(default_factory=dict)
    _all: set["_Process"] = field(default_factory=set)
    _whole: set[Path] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))
    _watcher: "_Watcher" = field(default_factory=lambda: _Watcher())  # noqa: PLW0108 (it comes below)

    def invoke(self, settings: FunctionSettings, event: object) -> Outcome:
        """Runs the function on ``event``, within its time and memory, when it is its turn."""
        fault = self.faults.of_function(settings.name, event)
        if fault and fault.how != "crash":
            return _struck(settings, fault)
        with self._turns:
            return self._invoked(settings, event, dies=fault is not None)

    def _invoked(self, settings: FunctionSettings, event: object, dies: bool) -> Outcome:
        process = self._take(settings)
        outcome = process.answer(event, settings, self._watcher)
        if dies:
            process.end()
            outcome = Outcome(json.dumps(_exited(-signal.SIGKILL)), failed=True, log=outcome.log)
        if process.is_usable:
            self._give_back(settings, process)
        else:
            self._forget(process)
        return outcome

    def load_early(self, settings: FunctionSettings) -> None:
        """Has a function loaded that will be invoked soon, once for all its processes, as Lambda's
        SnapStart does; does not wait for it."""
        if not any(f"-{each}Function-" in settings.name for each in self.servers.soon_invoked):
            return
        code, environment = self._unpacked(settings), _environment(settings, self.endpoint)
        module = settings.handler.rpartition(".")[0]
        server = self.servers.server(has_layer=settings.has_layer)
        self._loaded[settings.fingerprint] = server.with_modules([module], code, environment)

    def stop(self) -> None:
        """Ends every process."""
        with self._lock:
            processes, self._all = self._all, set()
            self._idle.clear()
        # Of each kind all are told at once, and then each is waited for: a server tells the ends of
        # those that it has started.
        for process in processes:
            process.kill()
        for process in processes:
            process.end()
        for server in self._loaded.values():
            server.kill()
        for server in self._loaded.values():
            server.stop()
        self.servers.stop()

    def _take(self, settings: FunctionSettings) -> "_Process":
        with self._lock:
            if idle := self._idle.get(settings.fingerprint):
                return idle.pop()
        loaded = self._loaded.get(settings.fingerprint)
        if not (loaded and loaded.is_alive):
            loaded = self.servers.server(has_layer=settings.has_layer)
        process = _Process(settings, self._unpacked(settings), self.home, self.endpoint, loaded)
        with self._lock:
            self._all.add(process)
        return process

    def _give_back(self, settings: FunctionSettings, process: "_Process") -> None:
        with self._lock:
            idle = self._idle.pop(settings.fingerprint, [])
            self._idle[settings.fingerprint] = [*idle, process][-_IDLE_KEPT:]
            surplus = [*idle, process][:-_IDLE_KEPT]
            while sum(map(len, self._idle.values())) > _IDLE_KEPT_OF_ALL:
                surplus += self._idle.pop(next(iter(self._idle)))
        for unused in surplus:
            self._forget(unused)

    def _forget(self, process: "_Process") -> None:
        with self._lock:
            self._all.discard(process)
        process.end()

    def _unpacked(self, settings: FunctionSettings) -> Path:
        folder = self.home / "lambda" / settings.code_digest
        if folder in self._whole:
            return folder
        with self._lock, zipfile.ZipFile(io.BytesIO(settings.code)) as archive:
            if not _has_all_of(folder, archive):
                make_whole_folder(folder, archive.extractall)
            self._whole.add(folder)
        return folder


@lru_cache
def _digest(code: bytes) -> str:
    return hashlib.sha256(code).hexdigest()[:16]


def _has_all_of(folder: Path, archive: zipfile.ZipFile) -> bool:
    """Whether the folder has the archive's files as they are; it may have been left half-done."""
    return all(
        path.is_file() and zlib.crc32(path.read_bytes()) == entry.CRC
        for entry in archive.infolist()
        if not entry.is_dir() and (path := folder / entry.filename)
    )


class _Process:
    def __init__(
        self, settings: FunctionSettings, code: Path, home: Path, endpoint: str, server: ForkServer
    ) -> None:
        self._log_path = home / "logs" / "lambda" / f"{settings.name}.log"
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._log_path.open("ab") as log:
            # What is printed counts as INFO, and errors that are raised as ERROR (AWS Lambda
            # Developer Guide, "Log-level filtering"): with FATAL nothing of the code is logged.
            self._process = server.start(
                code,
                settings.handler,
                _environment(settings, endpoint),
                None if settings.log_level == "FATAL" else log,
            )

    @property
    def is_usable(self) -> bool:
        return self._process.poll() is None

    def answer(self, event: object, settings: FunctionSettings, watcher: "_Watcher") -> Outcome:
        log_from = self._log_path.stat().st_size
        watch = _Watch(self, settings)
        request = json.dumps({"event": event, "deadline": time.time() + settings.timeout_seconds})
        try:
            with watcher.watching(watch):
                self._process.stdin.write(request.encode() + b"\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
        except (BrokenPipeError, ValueError):  # it has ended, or local mode ends and has closed it
            line = b""
        killed_for = watch.done()
        log = self._logged_since(log_from)
        if line and not killed_for:
            answered = json.loads(line)
            return Outcome(answered["payload"], answered["failed"], log)
        return Outcome(
            json.dumps(killed_for or _exited(self._process.wait())), failed=True, log=log
        )

    @property
    def resident_mb(self) -> float:
        """The memory that it takes; none once it has ended."""
        try:
            return float(self._memory.memory_info().rss) / 1024**2
        except psutil.NoSuchProcess:
            return 0.0

    @cached_property
    def _memory(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    def _logged_since(self, size: int) -> str:
        """The end of what was logged since the log had that size."""
        with self._log_path.open("rb") as log:
            log.seek(max(size, log.seek(0, os.SEEK_END) - _LOG_BYTES))
            return log.read().decode(errors="replace")

    def kill(self) -> None:
        """Ends it without waiting for that."""
        self._process.kill()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.close()


class _Watch:
    """Kills the process when it exceeds its time or memory, and says so as Lambda does."""

    def __init__(self, process: "_Process", settings: FunctionSettings) -> None:
        self._process = process
        self._settings = settings
        self._deadline = time.monotonic() + settings.timeout_seconds
        self._reason: dict[str, str] | None = None
        self._is_over = False
        self._lock = threading.Lock()

    def look(self) -> None:
        """Looks once; nothing happens to a process whose watch is over."""
        with self._lock:
            if self._is_over:
                return
            if time.monotonic() > self._deadline:
                self._kill(_timed_out(self._settings))
            elif self._process.resident_mb > self._settings.memory_mb:
                self._kill(_out_of_memory(self._settings))

    def done(self) -> dict[str, str] | None:
        """Ends it; returns what the process was killed for, if it was."""
        with self._lock:
            self._is_over = True
        return self._reason

    def _kill(self, reason: dict[str, str]) -> None:
        self._reason = reason
        self._process.kill()
        self._is_over = True


class _Watcher:
    """Looks after all processes that answer, from one thread, which ends when none does."""

    def __init__(self) -> None:
        self._watches: set[_Watch] = set()
        self._lock = threading.Lock()
        self._goes_round = False

    @contextlib.contextmanager
    def watching(self, watch: _Watch) -> Iterator[None]:
        """Looks after one meanwhile."""
        with self._lock:
            self._watches.add(watch)
            if not self._goes_round:
                self._goes_round = True
                threading.Thread(target=self._go_round, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._watches.discard(watch)

    def _go_round(self) -> None:
        while watches := self._all():
            for watch in watches:
                watch.look()
            time.sleep(_WATCH_SECONDS)

    def _all(self) -> list[_Watch]:
        with self._lock:
            self._goes_round = bool(self._watches)
            return list(self._watches)


def _struck(settings: FunctionSettings, fault: FunctionFault) -> Outcome:
    """What Lambda answers when the fault has struck."""
    if fault.how == "hang":
        threading.Event().wait()
    error = _timed_out(settings) if fault.how == "timeout" else _out_of_memory(settings)
    return Outcome(json.dumps(error), failed=True, log="")


def _timed_out(settings: FunctionSettings) -> dict[str, str]:
    seconds = settings.timeout_seconds
    return _error("Sandbox.Timedout", f"Error: Task timed out after {seconds:.2f} seconds")


def _out_of_memory(settings: FunctionSettings) -> dict[str, str]:
    return _error(
        "Runtime.OutOfMemory",
        "Error: Runtime exited with error: signal: killed (memory limit of "
        f"{settings.memory_mb} MB exceeded)",
    )


def _error(error_type: str, message: str) -> dict[str, str]:
    return {"errorType": error_type, "errorMessage": f"RequestId: {uuid.uuid4()} {message}"}


def _exited(code: int) -> dict[str, str]:
    how = f"signal {-code}" if code < 0 else f"exit status {code}"
    return _error("Runtime.ExitError", f"Error: Runtime exited with error: {how}")


def _environment(settings: FunctionSettings, endpoint: str) -> dict[str, str]:
    """The variables that Lambda sets, the template's, and where AWS is to be found."""
    return settings.environment | {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", "/tmp"),
        "LANG": "C.UTF-8",
        # A forked process must not ask macOS for proxies; what functions call is here anyway.
        "no_proxy": "*",
        "AWS_ENDPOINT_URL": endpoint,
        **settings.credentials,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "AWS_LAMBDA_FUNCTION_NAME": settings.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
        "CODEFREE_LOCAL_FUNCTION_ARN": settings.arn,
    }
