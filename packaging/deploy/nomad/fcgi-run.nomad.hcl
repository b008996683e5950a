# fcgi-run with a folder of scripts, three times: nomad job run fcgi-run.nomad.hcl. The web server finds them as cgi-bin.service.consul, or by a template.
# The image is that of fcgi-run with your scripts in /srv/cgi-bin/: its entrypoint is the gateway.
job "cgi-bin" {
  type = "service"

  # One after the other, and back if a new one does not become healthy.
  update {
    max_parallel     = 1
    min_healthy_time = "5s"
    healthy_deadline = "1m"
    auto_revert      = true
  }

  group "cgi-bin" {
    count = 3

    # Each on a machine of its own.
    constraint {
      operator = "distinct_hosts"
      value    = "true"
    }

    network {
      port "fastcgi" {
        to = 9000
      }
    }

    # It leaves the catalogue first, and is told to end five seconds later.
    shutdown_delay = "5s"

    service {
      name = "cgi-bin"
      port = "fastcgi"

      check {
        name     = "ping"
        type     = "script"
        task     = "fcgi-run"
        command  = "/fcgi-run"
        args     = ["--ping", "127.0.0.1:9000"]
        interval = "2s"
        timeout  = "2s"
      }
    }

    task "fcgi-run" {
      driver = "docker"
      user   = "65534:65534"

      # --finish-time, then SIGKILL. The client's max_kill_timeout must allow it.
      kill_signal  = "SIGTERM"
      kill_timeout = "50s"

      config {
        image           = "registry.example/cgi-bin:1"
        ports           = ["fastcgi"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
        # Large bodies wait here for their script.
        mount {
          type   = "tmpfs"
          target = "/tmp"
          tmpfs_options {
            size = 1073741824
          }
        }
        # This container itself, for the check, and the network of the web servers.
        args = ["--listen", "0.0.0.0:9000", "--allow-from", "127.0.0.1,10.0.0.0/8", "--ping-path", "/ping", "--finish-time", "45", "/srv/cgi-bin/"]
      }

      resources {
        cpu        = 200
        memory     = 64
        memory_max = 512
      }
    }
  }
}
