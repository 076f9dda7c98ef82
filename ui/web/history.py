"""The History tab: find, read, reopen, replay, rename, delete with undo, export, import."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

import gradio as gr
from gradio.blocks import Block

from core.errors import CoreError, StoreError
from core.report.markdown import as_markdown
from core.report.page import as_html
from core.store.comparisons import StoredComparison
from core.store.history import Store
from core.store.markdown import to_markdown
from core.store.transfer import from_json, to_json
from core.store.values import Kind
from ui.web import history_panels, panels
from ui.web.chat import ChatTab
from ui.web.compare import CompareTab
from ui.web.history_view import Asked, detail_panel, list_panel, no_detail, no_list, notice
from ui.web.live import QUIET, STREAMING, Frame
from ui.web.memory import Memory
from ui.web.sessions import Sessions
from ui.web.view import Values

SPEEDS: Final = (1.0, 2.0, 4.0, 8.0)
_SHORT: Final = 60


class HistoryTab:
    """The tab; one object for the app. What the list shows is known to the page's script, which
    says it with every event."""

    def __init__(
        self, memory: Memory, sessions: Sessions, chat: ChatTab, compare: CompareTab
    ) -> None:
        self._memory = memory
        self._sessions = sessions
        self._chat = chat
        self._compare = compare
        self._files = 0

    def build(self) -> None:
        """Lay the tab out."""
        why = self._memory.why_none
        blank = no_list(why) if why else no_list("")
        with gr.Row(elem_id="history", equal_height=True):
            self.list = panels.panel(
                "historyList", blank, history_panels.LIST, elem_id="history-list"
            )
            self.detail = panels.panel(
                "historyDetail", no_detail(), history_panels.DETAIL, elem_id="history-detail"
            )
        self.file = panels.panel(
            "historyFile", {"number": 0}, history_panels.FILE, elem_id="history-file"
        )
        self._state = gr.Textbox(visible=False)

    def wire(self, tabs: gr.Tabs, tab: gr.Tab) -> None:
        """Connect the events. tabs: all of the page's; tab: this one."""
        self._tabs = tabs
        both: list[Block] = [self.list, self.detail]
        shown = [tabs, *self._chat.parts.outputs, *self._compare.restorable]
        at_once: dict[str, Any] = {"queue": False, **QUIET}
        # A question that was typed over is sent all the same: the script drops what comes late.
        each: dict[str, Any] = {"trigger_mode": "multiple", **at_once}
        tab.select(
            self._opened, self._state, self.list, js="() => counterpoint.historyState()", **at_once
        )
        self.list.input(self._asked, None, self.list, **each)
        self.list.select(self._chosen, None, self.detail, **each)
        self.list.undo(self._restored, None, self.list, **at_once)
        self.list.upload(self._imported, None, self.list, **at_once)
        self.list.download(self._exported_all, None, [self.file, self.list], **at_once)
        self.detail.submit(self._renamed, None, both, **at_once)
        self.detail.delete(self._deleted, None, both, **at_once)
        self.detail.download(self._exported, None, [self.file, self.list], **at_once)
        self.detail.click(self._reopened, None, [*shown, self.list], **at_once)
        streaming = STREAMING | {"show_progress_on": self._chat.parts.log}
        self.detail.play(self._replayed, None, [*shown, self.list], **streaming)

    # Handlers. An event's data is what the script says, and is read as such.

    def _opened(self, state: str) -> Values:
        return self._list(Asked.read(json.loads(state or "{}")))

    def _asked(self, event: gr.EventData) -> Values:
        return self._list(Asked.read(data_of(event)))

    def _chosen(self, event: gr.EventData, request: gr.Request) -> Values:
        presenting = self._sessions.get(request.session_hash).presenting
        try:
            entry = self._store().entry(_word(event, "id"))
        except StoreError as error:
            return no_detail(str(error))
        return detail_panel(entry, _now(), held_back=presenting)

    def _restored(self, event: gr.EventData) -> Values:
        ids = [str(one) for one in data_of(event).get("ids", [])]
        listed: Values = self._changed(event, lambda s: s.restore(ids), "It is back.")[self.list]
        return listed

    def _renamed(self, event: gr.EventData, request: gr.Request) -> Frame:
        entry_id, title = _word(event, "id"), _word(event, "title")
        frame = self._changed(event, lambda store: store.rename(entry_id, title))
        return frame | {self.detail: self._chosen(event, request)}

    def _deleted(self, event: gr.EventData) -> Frame:
        entry_id = _word(event, "id")
        title = _word(event, "title")
        short = title if len(title) <= _SHORT else f"{title[:_SHORT].rstrip()}…"
        said = f"“{short}” was deleted; it is gone for good in a day."
        frame = self._changed(event, lambda store: store.delete([entry_id]), said, entry_id)
        return frame | {self.detail: no_detail()}

    def _imported(self, event: gr.EventData) -> Values:
        asked, name = Asked.read(data_of(event)), _word(event, "name")
        try:
            entries = from_json(_word(event, "text"))
            added = self._store().add(entries)
        except CoreError as error:
            return self._list(asked, notice(f"{name}: {error}", "bad"))
        here = len(entries) - added
        known = f" {here} of the file {'was' if here == 1 else 'were'} here already." * bool(here)
        plural = "entry was" if added == 1 else "entries were"
        return self._list(Asked(number=asked.number), notice(f"{added} {plural} imported.{known}"))

    def _exported_all(self, event: gr.EventData) -> Frame:
        def everything(store: Store) -> tuple[str, str]:
            listed = store.page(limit=-1).entries
            return "counterpoint-history.json", to_json(store.entry(e.id) for e in listed)

        return self._file(event, everything)

    def _exported(self, event: gr.EventData) -> Frame:
        def one(store: Store) -> tuple[str, str]:
            entry = store.entry(_word(event, "id"))
            name = f"counterpoint-{entry.kind}-{entry.id[:8]}"
            form = _word(event, "form")
            if form == "json":
                return f"{name}.json", to_json([entry])
            if entry.kind is not Kind.COMPARISON:
                return f"{name}.md", to_markdown(entry)
            comparison = StoredComparison.of(entry).comparison()
            if form == "html":
                return f"{name}.html", as_html(comparison)
            return f"{name}.md", as_markdown(comparison)

        return self._file(event, one)

    async def _reopened(self, event: gr.EventData, request: gr.Request) -> Frame:
        session = self._sessions.get(request.session_hash)
        try:
            entry = await asyncio.to_thread(self._store().entry, _word(event, "id"))
            await session.stop_all()
            if entry.kind is Kind.COMPARISON:
                stored = await asyncio.to_thread(self._memory.comparison, entry.id)
                frame = await asyncio.to_thread(self._compare.replays.opened, session, stored)
                return {self._tabs: gr.Tabs(selected="compare"), **frame}
        except StoreError as error:
            return self._refused(event, error)
        self._chat.opened(session, entry)
        return {self._tabs: gr.Tabs(selected="chat"), **self._chat.restored(session)}

    async def _replayed(self, event: gr.EventData, request: gr.Request) -> AsyncIterator[Frame]:
        session, data = self._sessions.get(request.session_hash), data_of(event)
        speed = data.get("speed")
        speed = speed if speed in SPEEDS else 1.0
        try:
            entry = await asyncio.to_thread(self._store().entry, _word(event, "id"))
            await session.stop_all()
            if entry.kind is Kind.COMPARISON:
                stored = await asyncio.to_thread(self._memory.comparison, entry.id)
                tab, played = "compare", self._compare.replays.played(session, stored, speed)
            else:
                self._chat.opened(session, entry)
                yield self._chat.restored(session)
                run = _word(event, "run")
                tab, played = "chat", self._chat.replays.played(session, entry, run, speed)
        except StoreError as error:
            yield self._refused(event, error)
            return
        yield {self._tabs: gr.Tabs(selected=tab)}
        async with aclosing(played) as frames:
            async for frame in frames:
                yield frame

    # What they share

    def _store(self) -> Store:
        if self._memory.store is None:
            raise StoreError(self._memory.why_none)
        return self._memory.store

    def _list(self, asked: Asked, said: Values | None = None) -> Values:
        try:
            store = self._store()
            store.mend()
            page = store.page(asked.query, asked.kind, asked.offset)
            fitting = asked.within(page.total)
            if fitting != asked:
                page = store.page(fitting.query, fitting.kind, fitting.offset)
        except StoreError as error:
            return no_list(str(error))
        trouble = notice(store.trouble, "bad") if store.trouble else notice()
        return list_panel(page, fitting, said or trouble, _now())

    def _refused(self, event: gr.EventData, error: StoreError) -> Frame:
        """Say over the list why something cannot be done."""
        return {self.list: self._list(Asked.read(data_of(event)), notice(str(error), "bad"))}

    def _changed(
        self,
        event: gr.EventData,
        change: Callable[[Store], object],
        said: str = "",
        undo: str | None = None,
    ) -> Frame:
        """Change the history, and show the list."""
        asked = Asked.read(data_of(event))
        try:
            change(self._store())
        except StoreError as error:
            return self._refused(event, error)
        told = notice(said, undo=[undo] if undo else []) if said else None
        return {self.list: self._list(asked, told)}

    def _file(self, event: gr.EventData, made: Callable[[Store], tuple[str, str]]) -> Frame:
        """Hand a file to the browser."""
        try:
            name, text = made(self._store())
        except StoreError as error:
            return self._refused(event, error)
        self._files += 1
        return {self.file: {"number": self._files, "name": name, "text": text}}


def data_of(event: gr.EventData) -> Mapping[str, Any]:
    """What the script gave with an event."""
    data = event._data  # noqa: SLF001
    return data if isinstance(data, Mapping) else {}


def _word(event: gr.EventData, name: str) -> str:
    return str(data_of(event).get(name) or "")


def _now() -> datetime:
    return datetime.now().astimezone()
