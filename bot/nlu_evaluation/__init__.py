"""How well the understanding does on messages that it has not learned: cross-validation on the training examples."""
