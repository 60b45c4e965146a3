/* The floor: what receiving N RTSP streams costs when nothing is done with them but to copy sockets to files.
 *
 * floor FOLDER URL...      one file a camera, until SIGTERM
 *
 * SETUP of the first track over TCP, PLAY, then epoll, recv, write. No parsing, no hashing, no index. The goal of the recorder
 * is measured against this.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t stopped = 0;
static char buffer[1 << 20];

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int dial(const char *host, const char *port) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found)) fail("getaddrinfo");
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen)) fail("connect");
    freeaddrinfo(found);
    return fd;
}

/* Send a request and read its answer up to the empty line, byte by byte: media may follow at once. */
static void ask(int fd, const char *request, char *reply, size_t size) {
    if (write(fd, request, strlen(request)) < 0) fail("write");
    size_t length = 0;
    while (length + 1 < size && read(fd, reply + length, 1) == 1) {
        reply[++length] = 0;
        if (length >= 4 && !memcmp(reply + length - 4, "\r\n\r\n", 4)) return;
    }
    fprintf(stderr, "no answer\n");
    exit(1);
}

static int open_stream(const char *url) {
    char host[256], port[16], request[1024], reply[4096], session[128];
    if (sscanf(url, "rtsp://%255[^:/]:%15[0-9]", host, port) != 2) {
        fprintf(stderr, "not rtsp://host:port/...: %s\n", url);
        exit(2);
    }
    int fd = dial(host, port);
    snprintf(request, sizeof request,
             "SETUP %s/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n", url);
    ask(fd, request, reply, sizeof reply);
    char *found = strcasestr(reply, "Session:");
    if (!found || sscanf(found + 8, " %127[^;\r]", session) != 1) {
        fprintf(stderr, "no session: %s\n", reply);
        exit(1);
    }
    snprintf(request, sizeof request, "PLAY %s RTSP/1.0\r\nCSeq: 2\r\nSession: %s\r\n\r\n", url, session);
    ask(fd, request, reply, sizeof reply);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int main(int argc, char **argv) {
    int poll = epoll_create1(0), files[4096];
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    for (int n = 2; n < argc; n++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%04d.rtp", argv[1], n - 2);
        int fd = open_stream(argv[n]);
        files[fd] = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
        if (files[fd] < 0) fail(path);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
    struct epoll_event events[256];
    while (!stopped) {
        int count = epoll_wait(poll, events, 256, 1000);
        for (int n = 0; n < count; n++) {
            ssize_t got = recv(events[n].data.fd, buffer, sizeof buffer, 0);
            if (got > 0 && write(files[events[n].data.fd], buffer, got) != got) fail("write");
            if (got == 0 || (got < 0 && errno != EAGAIN)) epoll_ctl(poll, EPOLL_CTL_DEL, events[n].data.fd, NULL);
        }
    }
    return 0;
}
