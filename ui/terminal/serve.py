"""Serves the page until Ctrl-C."""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from core.errors import CoreError, StoreError
from ui.terminal.options import settings

if TYPE_CHECKING:
    from core.store.history import Store


class CannotServe(CoreError):
    """The page cannot listen where it was asked to."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the page listens."""

    host: str
    port: int

    def check_free(self) -> None:
        """Raise CannotServe where nothing can listen here, before a model is loaded for nothing."""
        try:
            family, kind, _, _, where = socket.getaddrinfo(
                self.host, self.port, type=socket.SOCK_STREAM
            )[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(where)
        except OSError as error:
            raise CannotServe(self._why(error)) from error

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except OSError:
            return False
        return all(ipaddress.ip_address(where[0]).is_loopback for *_, where in found)

    def _why(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            other = self.port + 1 if self.port < 65535 else 7860
            return (
                f"Port {self.port} on {self.host} is in use; allowed: any free port, 1 to 65535. "
                f"End the program that uses it, or choose another: --port {other}."
            )
        if error.errno == errno.EACCES:
            return (
                f"Port {self.port} on {self.host} needs more rights than this user has; "
                "allowed: 1024 to 65535. Choose another, such as --port 7860."
            )
        return (
            f"--host is {self.host!r}, and this machine cannot listen there ({error.strerror}); "
            "allowed: 127.0.0.1 (only this machine), 0.0.0.0 (the whole network), or an address "
            "of this machine."
        )


@contextmanager
def history(home: Path) -> Iterator[Store | StoreError]:
    """The history of this user, or why it cannot be opened: the page works without."""
    from core.store.history import Store

    try:
        store = Store(home)
    except StoreError as error:
        yield error
    else:
        with store:
            yield store


def serve(
    address: Address,
    chosen: Mapping[str, str | bool | None],
    *,
    browser: bool,
    present: bool = False,
) -> None:
    """Load the model, open the page, print its address, and wait. `chosen`: settings over .env.

    browser: open one. present: the page begins presenting, with the thinking held back.

    Raises CannotServe, InvalidSetting, and the ModelError of a model that cannot be loaded.
    """
    config = settings(chosen)
    address.check_free()
    if config.auth is None and not address.is_local:
        typer.echo(
            f"--host {address.host} lets everybody who reaches this machine use the model and read "
            "the history; --auth USER:PASSWORD asks for a login.",
            err=True,
        )
    from ui.terminal.engine import open_engine
    from ui.web.app import create_app, launch_options

    with open_engine(config) as engine, history(config.home) as store:
        if isinstance(store, StoreError):
            typer.echo(store, err=True)
        page = create_app(engine, store, present=present)
        try:
            page.launch(
                **launch_options(config.login()),
                server_name=address.host,
                server_port=address.port,
                inbrowser=browser,
                prevent_thread_lock=True,
                quiet=True,
            )
            typer.echo(
                f"Counterpoint is at {page.local_url} (model: {engine.model}). Ctrl-C ends it."
            )
            threading.Event().wait()
        except KeyboardInterrupt:
            typer.echo("Closed.")
        finally:
            page.close(verbose=False)
