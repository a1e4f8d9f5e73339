"""Image classification offline: data sets, training, evaluation, prediction, export."""
