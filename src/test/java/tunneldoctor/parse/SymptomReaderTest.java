package tunneldoctor.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tunneldoctor.model.Symptom;
import tunneldoctor.model.Symptom.Kind;
import tunneldoctor.model.Tree;

class SymptomReaderTest {
    private static final String NODE = "aks-np-12345678-vmss000001";

    /** Text, kind, node, address, port, verb. {@code NODE} stands for the node's name, {@code U} for a log request to it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '`',
            value = {
                "Error from server: Get \"U\": dial tcp 10.224.0.5:10250: i/o timeout                       | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | logs",
                "Error from server: Get U: dial tcp 10.224.0.5:10250: i/o timeout                           | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | logs",
                "Error from server: Get \"U?follow=true&tailLines=1\": dial tcp 10.224.0.5:10250: i/o timeout | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | logs",
                "Get \"https://10.224.0.5:10250/containerLogs/a/b/c\": dial tcp 10.224.0.5:10250: i/o timeout | KUBELET_TIMEOUT | - | 10.224.0.5 | 10250 | logs",
                "Error from server: error dialing backend: dial tcp 10.224.0.5:10250: i/o timeout            | KUBELET_TIMEOUT | - | 10.224.0.5 | 10250 | -",
                "error: error upgrading connection: error dialing backend: dial tcp [fd00::5]:10250: i/o timeout | KUBELET_TIMEOUT | - | fd00::5 | 10250 | -",
                "Get U: dial tcp 10.224.0.5:10250: getsockopt: connection timed out                          | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | logs",
                "Get U: dial tcp 10.224.0.5:10250: connect: connection timed out                             | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | logs",
                "Get U: dial tcp 10.224.0.5:10250: connect: connection refused                               | KUBELET_REFUSED | NODE | 10.224.0.5 | 10250 | logs",
                "Get U: dial tcp 10.224.0.5:10250: getsockopt: connection refused                            | KUBELET_REFUSED | NODE | 10.224.0.5 | 10250 | logs",
                "Get U: dial tcp 10.224.0.5:10250: connect: no route to host                                 | KUBELET_NO_ROUTE | NODE | 10.224.0.5 | 10250 | logs",
                "Get \"U\": net/http: TLS handshake timeout                                                  | KUBELET_TLS | NODE | - | 10250 | logs",
                "Get \"U\": http: server gave HTTP response to HTTPS client                                  | KUBELET_HTTP_ANSWER | NODE | - | 10250 | logs",
                "Get \"U\": remote error: tls: internal error                                                | KUBELET_CERTIFICATE | NODE | - | 10250 | logs",
                "error dialing backend: remote error: tls: internal error                                    | KUBELET_CERTIFICATE | - | - | 0 | -",
                "Get \"U\": x509: certificate signed by unknown authority                                    | KUBELET_CERTIFICATE | NODE | - | 10250 | logs",
                "Error from server: Get \"U\": No agent available                                            | NO_AGENT | NODE | - | 10250 | logs",
                "error dialing backend: No agent available                                                   | NO_AGENT | - | - | 0 | -",
                "error dialing backend: dial timeout, backstop                                               | AGENT_DIAL_TIMEOUT | - | - | 0 | -",
                "error dialing backend: dial timeout, context                                                | AGENT_DIAL_TIMEOUT | - | - | 0 | -",
                "Get \"U\": context deadline exceeded                                                        | AGENT_DIAL_TIMEOUT | NODE | - | 10250 | logs",
                "error dialing backend: tunnel closed                                                        | TUNNEL_BROKEN | - | - | 0 | -",
                "error dialing backend: dial closed                                                          | TUNNEL_BROKEN | - | - | 0 | -",
                "error dialing backend: timed out waiting for backend dial                                   | TUNNEL_BROKEN | - | - | 0 | -",
                "Error from server: error dialing backend: EOF                                               | TUNNEL_BROKEN | - | - | 0 | -",
                "error dialing backend: write unix @->/tunnel-uds/proxysocket: write: broken pipe            | TUNNEL_SOCKET | - | - | 0 | -",
                "error dialing backend: read unix @->/tunnel-uds/socket: read: connection reset by peer      | TUNNEL_SOCKET | - | - | 0 | -",
                "error dialing backend: dial tcp: lookup NODE on 168.63.129.16:53: no such host              | NODE_NAME_NOT_RESOLVED | NODE | - | 0 | -",
                "Get \"U\": dial tcp: lookup NODE: no such host                                              | NODE_NAME_NOT_RESOLVED | NODE | - | 10250 | logs",
                "error dialing backend: dial tcp: lookup NODE on 10.0.0.10:53: read udp 10.2.3.4:5->10.0.0.10:53: i/o timeout | NODE_NAME_NOT_RESOLVED | NODE | 10.0.0.10 | 53 | -",
                "failed calling webhook \"v.example\": failed to call webhook: Post \"https://svc.ns.svc:443/validate?timeout=10s\": dial tcp 10.0.3.4:443: i/o timeout | SERVICE_PATH | - | 10.0.3.4 | 443 | webhook",
                "failed calling webhook \"v.example\": Post \"https://svc.ns.svc:443/validate?timeout=10s\": No agent available | NO_AGENT | - | - | 443 | webhook",
                "failed calling webhook \"v.example\": Post \"https://svc.ns.svc:443/validate?timeout=10s\": context deadline exceeded | SERVICE_PATH | - | - | 443 | webhook",
                "Error from server (ServiceUnavailable): the server is currently unable to handle the request (get pods.metrics.k8s.io) | SERVICE_PATH | - | - | 0 | top",
                "error: Metrics API not available                                                            | SERVICE_PATH | - | - | 0 | top",
                "error: You must be logged in to the server (the server has asked for the client to provide credentials ( pods/log web)) | KUBELET_AUTHORIZATION | - | - | 0 | logs",
                "error: You must be logged in to the server (Unauthorized)                                   | CLIENT_SIDE | - | - | 0 | -",
                "Unable to connect to the server: dial tcp 20.1.2.3:443: i/o timeout                         | CLIENT_SIDE | - | 20.1.2.3 | 443 | -",
                "Unable to connect to the server: net/http: TLS handshake timeout                            | CLIENT_SIDE | - | - | 0 | -",
                "The connection to the server localhost:8080 was refused - did you specify the right host or port? | CLIENT_SIDE | - | - | 0 | -",
                "Get \"https://x.hcp.westeurope.azmk8s.io:443/api?timeout=32s\": dial tcp 20.1.2.3:443: i/o timeout | CLIENT_SIDE | - | 20.1.2.3 | 443 | -",
                "Error del servidor: obtener \"https:// aks-node-name>:10250/containerLogs/name>/<<pod-name/<container-name>>\": dial tcp <aks-node-ip>:10250: tiempo de espera de E/S< | KUBELET_TIMEOUT | - | - | 10250 | logs",
                "Error del servidor: error al marcar el back-end: marcar tcp <aks-node-ip>:10250: tiempo de espera de E/S | KUBELET_TIMEOUT | - | - | 10250 | -",
                "Error del servidor: obtener \"U\": http: el servidor dio respuesta HTTP al cliente HTTPS     | KUBELET_HTTP_ANSWER | NODE | - | 10250 | logs",
                "$ kubectl -n kube-system logs web  Error from server: error dialing backend: dial tcp 10.224.0.5:10250: i/o timeout | KUBELET_TIMEOUT | - | 10.224.0.5 | 10250 | logs",
                "$ kubectl exec -it web -- sh  error: error dialing backend: dial tcp 10.224.0.5:10250: i/o timeout | KUBELET_TIMEOUT | - | 10.224.0.5 | 10250 | exec",
                "Post \"https://NODE:10250/exec/ns/pod/c\": dial tcp 10.224.0.5:10250: i/o timeout            | KUBELET_TIMEOUT | NODE | 10.224.0.5 | 10250 | exec",
                "dial tcp 10.224.0.5:102500: i/o timeout                                                     | UNRECOGNISED | - | - | 0 | -",
                "dial tcp 10.224.0.5:443: i/o timeout                                                        | UNRECOGNISED | - | 10.224.0.5 | 443 | -",
                "the pod restarts all the time                                                               | UNRECOGNISED | - | - | 0 | -",
                "``                                                                                          | UNRECOGNISED | - | - | 0 | -",
            })
    void saysWhatTheTextMeans(String text, Kind kind, String node, String address, int port, String verb) {
        String whole = text.replace(
                "U", text.contains("\"U") || text.contains(" U:") ? "https://NODE:10250/containerLogs/ns/pod/c" : "U");
        Symptom symptom = read(whole.replace("NODE", NODE));

        assertThat(symptom.kind()).isEqualTo(kind);
        assertThat(symptom.node()).isEqualTo(node == null ? "" : node.replace("NODE", NODE));
        assertThat(symptom.address()).isEqualTo(address == null ? "" : address);
        assertThat(symptom.port()).isEqualTo(port);
        assertThat(symptom.verb()).isEqualTo(verb == null ? "" : verb);
    }

    @Test
    void wrappedLinesAreOneText() {
        Symptom symptom =
                read("Error from server: error dialing\n  backend: dial tcp 10.224.0.5:10250:\r\n\ti/o timeout\n");

        assertThat(symptom.kind()).isEqualTo(Kind.KUBELET_TIMEOUT);
        assertThat(symptom.source().document()).isEqualTo("symptoms[3]");
        assertThat(symptom.source().line()).isEqualTo(7);
        assertThat(symptom.source().text()).endsWith("10250: i/o timeout");
    }

    @Test
    void hostileTextCostsNoMoreThanItsLength() {
        for (String part : new String[] {"https://", "dial tcp 1.1.1.", "kubectl -a b ", "lookup ", "->[::"}) {
            Symptom symptom = assertTimeout(Duration.ofSeconds(5), () -> read(part.repeat(500_000 / part.length())));
            assertThat(symptom.kind()).isEqualTo(Kind.UNRECOGNISED);
        }
    }

    private static Symptom read(String text) {
        return SymptomReader.read(new Tree.Scalar(text, true, 7), 3);
    }
}
