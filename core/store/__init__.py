"""The history: conversations, runs, votes and comparisons in an SQLite file of the user's.

    schema      the tables, and how each version of them became the next
    database    the file: one short-lived connection per operation, errors in sentences
    owners      which processes write, and which of them are dead
    values      what is stored, as pure values
    journal     a run's events with their times, as rows of JSON and back
    rows        values to rows and back
    search      full text
    writer      the thread that writes
    recording   entries and turns that grow; run_recorder: a live run into its row, batch by batch
    history     Store: list, search, read, rename, delete, mend
    comparisons a stored comparison, read back; comparison_recorder: a live one into its entry
    votes       blind votes, each in the entry of its comparison
    replay      a stored run as the event stream that it was, at its speed or faster
    transfer    export and import of our own JSON; chats: OpenAI-style; markdown: for people

Reading and writing never touch the network, and text of an analysis is written only where the run
was started with `capture_reasoning`.
"""
