"""A white-box Chinese customer-service chatbot: FAQ and knowledge-graph answers, each with its evidence."""

__version__ = "0.1.0"
