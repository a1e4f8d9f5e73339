"""Model services beside the chatbot, in a process of their own: docs/predict.md.

A model is four methods and a schema (``base.Predictor``); how requests look, are batched, guarded, counted and
answered is the same for all of them.
"""
