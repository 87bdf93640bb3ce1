from django.http import JsonResponse
from django.views import View

from shop.telephony.services import AlloService
from shop.telephony.tasks import refresh


class NumbersView(View):
    service = AlloService()

    def get(self, request):
        refresh.delay(request.GET["id"])
        return JsonResponse(self.service.numbers())

    def post(self, request):
        return JsonResponse(self.service._call("POST", "threads").json())  # expect: POST /v2/api/threads [THREADS_WRITE] definite
