"""The model's equations as small pure scalar functions, one file a topic; kernels and tests call the same ones."""
