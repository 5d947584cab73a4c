"""What a run shows while it trains: measures, precision-recall curves, pictures and settings for TensorBoard."""
