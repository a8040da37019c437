"""Shared by the tests: a stand-in encoder, fakes, a browser, processes."""
