"""Tests of a knowledge base: question sheets, how runs are kept and compared, JUnit XML."""
