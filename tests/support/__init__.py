"""What tests share: a stand-in encoder, fakes, a browser, processes."""
