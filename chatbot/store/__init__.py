"""What must last: turns, bad cases, feedback, proposals, audit, accounts, test runs, the inbox.

The values and promises (``records``, ``base``) import no database; ``open_store`` does, and is imported when it is used.
"""
