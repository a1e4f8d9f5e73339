"""The operator's console at ``/admin``: server-rendered pages over small promises.

``routes`` is all that a start imports; pages, templates and what they need are loaded when first asked for.
"""
