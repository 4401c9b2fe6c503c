"""One client in a process of its own: what a Dask worker calls, so that a client that hangs, grows or crashes leaves the worker alive.

The child reads its task from standard input and writes the answer to a file of its own; when the worker that started it dies, the open
pipe ends and the child ends too, so that the book is free when the cluster runs the client again elsewhere.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from ims_xl.batch.clients import ClientFolder
from ims_xl.batch.work import ClientResult, failed, work_on
from ims_xl.hosts.scratch import private_folder


def work_alone(client: ClientFolder, as_of: str, seconds: float, megabytes: int) -> ClientResult:
    """`work_on` in a child process, within those limits."""
    with private_folder() as folder:
        answer = folder / "answer.json"
        task = json.dumps({"client": asdict(client), "as_of": as_of, "megabytes": megabytes, "answer": str(answer)})
        child = subprocess.Popen([sys.executable, "-m", "ims_xl.batch.alone"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0), env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)})
        assert child.stdin is not None
        try:
            child.stdin.write(task.encode() + b"\n")
            child.stdin.flush()              # and left open: its end tells the child that we are gone
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            return failed(client, f"it took longer than the {seconds:g} seconds allowed for one client (--time-limit)")
        except BrokenPipeError:
            child.wait()
        finally:
            child.kill()
            child.wait()
        try:
            return ClientResult(**json.loads(answer.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return failed(client, f"its process ended by itself (exit {child.returncode}); most likely it ran out of memory")


def main() -> None:
    """The child: one task from standard input."""
    from ims_xl.batch.limits import limit
    from ims_xl.hosts.safe_files import write_bytes

    task = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    limit(task["megabytes"])
    result = work_on(ClientFolder(**task["client"]), task["as_of"])
    write_bytes(Path(task["answer"]), json.dumps(asdict(result)).encode())


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
