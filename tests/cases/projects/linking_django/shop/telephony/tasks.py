from celery import shared_task

from .services import AlloService


@shared_task(autoretry_for=(Exception,), retry_backoff=True)
def refresh(person_id):
    service = AlloService()
    service._call("GET", f"crm/people/{person_id}")  # expect: GET /v2/api/crm/people/{id} [CRM_READ] definite
    service.send_sms("+33", "hello")
