"""What do we tell, in which order, on numbers that stand still? Agendas, and the meeting itself."""

from sq.ui.frame import open_page
from sq.ui.links import parameter
from sq.ui.meeting_blocks import agenda_part, agendas_part
from sq.ui.meeting_slides import present, presenter_view

with open_page("meeting") as reader:
    if reader.meeting is not None and reader.meeting.is_presenter:
        presenter_view(reader, reader.meeting)
    elif reader.meeting is not None:
        present(reader, reader.meeting)
    elif parameter("agenda"):
        agenda_part(reader, parameter("agenda"))
    else:
        agendas_part(reader)
