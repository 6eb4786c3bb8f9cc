"""What the tests of a consultation that was booked, the fixture ``made``, ask about it."""

MANAGE = "manage_booking"
MONDAY = "Monday, November 23, 9:00 AM EST"  # the time of ``made``


def changes(book, appointment):
    return [change.what["did"] for change in book.history(appointment.id)]


def unchanged(book, appointment):
    return book.get(appointment.id) == appointment
