video_recorder = None
