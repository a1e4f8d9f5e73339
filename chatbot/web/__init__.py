"""The HTTP edge. ``application.create_web_app`` puts it together; handlers are thin, and the chatbot knows nothing of HTTP."""
