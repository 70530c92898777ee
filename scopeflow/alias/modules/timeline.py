"""tensorflow.python.client.timeline: a run's trace for chrome://tracing."""

from scopeflow.train.timeline import Timeline as Timeline
