"""Sessions: what a conversation remembers, kept in Redis under one lock a session.

``base``: ``Memory`` and the ``SessionStore`` promise. ``open_store.open_session_store(RedisSettings(...))`` is what
the composition root calls; ``connect.RedisSettings`` says where Redis is (bundled, host, unix socket, Sentinel,
Cluster). ``ids``: the form of a session id. The rest is how the promise is kept: ``redis_store`` and ``scripts`` (the
lock), ``codec`` (the payload), ``keys``, ``transport``, ``cluster_transport`` and ``connect``
(redis-py), ``resilient_store`` (when Redis is
gone), ``embedded``, ``embedded_supervisor`` and ``state_dir`` (the bundled server).
"""
