import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** 1,000 requests of each kind, one after the other, as the client of the JDK sends them unless it is told otherwise: to http:// with
 * an offer to go on in HTTP/2. Arguments: the callers' listener, the operators', a key, a user's id. */
class Calls {
    static final int REQUESTS = 1000;

    public static void main(String[] arguments) throws Exception {
        String user = arguments[0] + "/v1/users/" + arguments[3];
        HttpClient client = HttpClient.newHttpClient();
        int failed = 0;
        for (String kind : new String[] {"PATCH", "GET", "/live"}) {
            int bad = 0;
            String last = "";
            for (int number = 0; number < REQUESTS; number++) {
                URI uri = URI.create(kind.startsWith("/") ? arguments[1] + kind : user);
                HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20));
                request.header("Authorization", "Bearer " + arguments[2]);
                if (kind.equals("PATCH")) {
                    request.header("Content-Type", "application/merge-patch+json");
                    request.method(kind, BodyPublishers.ofString("{\"title\":\"Title " + number + "\"}"));
                }
                try {
                    int status = client.send(request.build(), BodyHandlers.ofString()).statusCode();
                    if (status != 200 && status != 202) {
                        bad++;
                        last = ", the last with " + status;
                    }
                } catch (java.io.IOException error) {
                    bad++;
                    last = ", the last with " + error.getMessage();
                }
            }
            failed += bad;
            System.out.print(kind + " " + bad + " of " + REQUESTS + " failed" + last + "; ");
        }
        System.exit(failed == 0 ? 0 : 1);
    }
}
