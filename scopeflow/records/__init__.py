"""Files of training examples: TFRecord files, and the messages that they mostly hold."""
