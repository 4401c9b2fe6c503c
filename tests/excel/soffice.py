"""One private, headless LibreOffice: started on a pipe of its own, talked to over UNO, and gone with its whole process group."""

from __future__ import annotations

import builtins
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import uno

# uno puts a hook into every import of the process, to find its own classes; we ask for them by name instead.
builtins.__import__ = uno._builtin_import

PropertyValue = uno.getClass("com.sun.star.beans.PropertyValue")
NoConnectException = uno.getClass("com.sun.star.connection.NoConnectException")
DisposedException = uno.getClass("com.sun.star.lang.DisposedException")


def properties(**values: Any) -> tuple[Any, ...]:
    """UNO's named arguments."""
    return tuple(PropertyValue(Name=name, Value=value, Handle=0, State=uno.Enum("com.sun.star.beans.PropertyState", "DIRECT_VALUE")) for name, value in values.items())


class Soffice:
    """A LibreOffice of our own with its own profile; `desktop` is the way in."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A fresh process with a fresh profile; again where the earlier one fell over."""
        self.profile = Path(tempfile.mkdtemp(prefix="ims-xl-soffice-"))
        self.pipe = pipe = f"imsxl{uuid.uuid4().hex[:12]}"
        self._process = subprocess.Popen(
            ["soffice", "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp", f"-env:UserInstallation={self.profile.as_uri()}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        self.pid = self._process.pid
        self._talk(pipe)

    @classmethod
    def attached(cls, pipe: str, pid: int) -> Soffice:
        """The LibreOffice that another process of ours has started."""
        found = cls.__new__(cls)
        found.pipe, found.pid = pipe, pid
        found._process = None
        found._talk(pipe)
        return found

    def _talk(self, pipe: str) -> None:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        self.context = self._connect(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self.desktop = self.context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)

    def _connect(self, resolver: Any, address: str) -> Any:
        until = time.monotonic() + 60
        while True:
            try:
                return resolver.resolve(address)
            except NoConnectException:
                if time.monotonic() > until or self._process.poll() not in (None, 0, 81):
                    self.stop()
                    raise RuntimeError("LibreOffice did not start") from None
                time.sleep(0.1)

    def alive(self) -> bool:
        """It still answers."""
        try:
            return self._process.poll() is None and self.desktop.Components is not None
        except DisposedException:
            return False

    def new(self) -> Any:
        return self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=False))

    def open(self, path: Path, **options: Any) -> Any:
        document = self.desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, properties(Hidden=False, **options))
        if document is None:
            raise RuntimeError(f"LibreOffice could not open {path.name}")
        return document

    def service(self, name: str) -> Any:
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def stop(self) -> None:
        with contextlib.suppress(DisposedException, AttributeError):
            self.desktop.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(3)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)
