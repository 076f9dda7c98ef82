"""`counterpoint ui` before its page is there: the address it takes, and who could reach it."""

from __future__ import annotations

import socket

import pytest

from tests.ui.counted import run
from ui.terminal import cli
from ui.terminal import engine as terminal_engine
from ui.terminal.serve import Address


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("::", False)],
)
def test_only_an_address_of_this_machine_alone_needs_no_login(host, local):
    assert Address(host, 7860).is_local is local


def test_a_page_for_the_network_without_a_login_is_warned_of(monkeypatch):
    """The warning comes before the model is loaded; here that ends it."""

    def leave(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Address, "check_free", lambda self: None)
    monkeypatch.setattr(terminal_engine, "open_engine", leave)
    shown = {
        flags: run("ui", "--no-browser", *flags).stderr
        for flags in ((), ("--host", "0.0.0.0"), ("--host", "0.0.0.0", "--auth", "ann:sesame"))
    }
    told = [
        "--host 0.0.0.0 lets everybody who reaches this machine" in said for said in shown.values()
    ]
    assert told == [False, True, False]
    assert "sesame" not in "".join(shown.values())


def test_a_busy_port_is_named_with_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("ui", "--port", str(port), "--no-browser")
    assert done.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in done.stderr
    assert "--port" in done.stderr


def test_a_host_that_is_not_this_machine_is_named():
    done = run("ui", "--host", "192.0.2.1", "--no-browser")
    assert done.exit_code == 1
    assert "--host is '192.0.2.1'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "full"),
    [
        ([], ["ui"]),
        (["--port", "7861"], ["ui", "--port", "7861"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        (["generate", "Hello"], ["generate", "Hello"]),
    ],
)
def test_without_a_command_the_page_opens(arguments, full):
    assert cli.with_default_command(arguments) == full
