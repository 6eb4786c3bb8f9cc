"""The appointment book: the clinic's hours, times that are free, holds, appointments, and calendar files."""
