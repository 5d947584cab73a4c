"""Licence-plate detection and character segmentation, one trainable Keras graph."""

__version__ = "0.1.0"
