using Shims.Control.Doctor;
using Shims.Control.Servers.Apache;
using Shims.Control.Servers.Caddy;
using Shims.Control.Servers.HAProxy;
using Shims.Control.Servers.Inetd;
using Shims.Control.Servers.Lighttpd;
using Shims.Control.Servers.Nginx;
using Shims.Control.Servers.Reading;
using Shims.Control.Servers.Systemd;
using Shims.Control.Servers.Xinetd;

namespace Shims.ControlTests.Deployments;

/// <summary>What the readers make of configurations, whole and broken off.</summary>
public sealed class ReaderTests
{
    private const string Nginx = """
        # a comment; with { all that
        user www-data;
        http {
            upstream back { server unix:/run/a.sock; }
            server {
                location ~ "^/x{1,2}(?<rest>/.*)?$" { # why
                    scgi_pass unix:/run/s\ p.sock;
                    scgi_param A 'one "two"';
                    scgi_param B ${host}x;
                }
            }
        }
        """;

    private const string Apache = """
        # Options None
        Define PLACE /srv
        Alias /cgi-bin/ "${PLACE}/cgi bin/"
        <Directory "${PLACE}/cgi bin">
            Options \
                +ExecCGI
            SetHandler 'cgi-script'
        </Directory>
        """;

    private const string Lighttpd = """
        server.modules += ( "mod_scgi" )   # one
        var.where = "/run"
        $HTTP["url"] =~ "^/(a|b)" {
            scgi.server = ( "/a/" => (( "socket" => var.where + "/a.sock", "check-local" => "disable", ), ( "host" => "127.0.0.1", "port" => 4000 )) )
        } else $SERVER["socket"] == ":81" {
            server.max-request-size = 100
        }
        """;

    private const string Inetd = """
        # one
        127.0.0.1:
        /run/a.sock stream unix nowait.9 www-data /bin/x x "one two" three
        4000        stream tcp  nowait   root     /bin/y y
        *:
        smtp        stream tcp  nowait   root     /bin/z
        """;

    private const string Xinetd = """
        defaults
        {
            instances = 60
        }
        service one
        {
            # no
            disable = no
            server_args = a b
            server_args += c
        }
        """;

    private const string Unit = """
        ; comment
        [Service]
        ExecStart=/bin/a
        ExecStart=
        ExecStart=/bin/b --x \
        # between
            y
        Empty=
        """;

    [Fact]
    public void Nginx_has_blocks_quotes_comments_and_variables_in_braces()
    {
        var faults = new List<Finding>();
        IReadOnlyList<Directive> directives = NginxReader.Parse(Nginx, "/x", faults);
        Assert.Empty(faults);
        Directive location = directives.SelectMany(directive => directive.All).Single(directive => directive.Is("location"));
        Assert.Equal("/x:6", location.Place.ToString());
        Assert.Equal(["~", "^/x{1,2}(?<rest>/.*)?$"], location.Arguments.Select(word => word.Text));
        Assert.Equal(["scgi_pass", "scgi_param", "scgi_param"], location.Block.Select(directive => directive.Name));
        Assert.Equal("one \"two\"", location.Block[1].Arguments[1].Text);
        Assert.Equal("${host}x", location.Block[2].Arguments[1].Text);
        Assert.Equal("/x:9", location.Block[2].Place.ToString());
    }

    [Fact]
    public void Nginx_that_is_not_closed_is_a_fault_with_its_line()
    {
        var faults = new List<Finding>();
        NginxReader.Parse("http {\n server {\n listen 80\n}\n", "/x", faults);
        Assert.Contains(faults, fault => fault.Cause.Contains("{ of http is never closed", StringComparison.Ordinal) && fault.Subject == "/x:1");
    }

    [Fact]
    public void Apache_has_sections_continued_lines_and_variables()
    {
        var faults = new List<Finding>();
        IReadOnlyList<Directive> directives = ApacheReader.Parse(Apache, "/x", faults);
        Assert.Empty(faults);
        Assert.Equal(["Define", "Alias", "Directory"], directives.Select(directive => directive.Name));
        Assert.Equal("/srv/cgi bin/", directives[1].Arguments[1].Text);
        Directive directory = directives[2];
        Assert.Equal(("/srv/cgi bin", "/x:4"), (directory.Argument, directory.Place.ToString()));
        Assert.Equal(["+ExecCGI", "cgi-script"], directory.Block.Select(directive => directive.Argument));
        Assert.Equal("/x:7", directory.Block[1].Place.ToString());
    }

    [Fact]
    public void Apaches_section_that_is_not_closed_is_a_fault_and_still_read()
    {
        var faults = new List<Finding>();
        IReadOnlyList<Directive> directives = ApacheReader.Parse("<Directory /a>\nOptions None\n", "/x", faults);
        Assert.Equal("/x:1", Assert.Single(faults).Subject);
        Assert.Equal("Options", Assert.Single(Assert.Single(directives).Block).Name);
    }

    [Fact]
    public void Lighttpd_has_lists_in_lists_conditions_and_texts_that_are_joined()
    {
        var faults = new List<Finding>();
        IReadOnlyList<LighttpdAssignment> assignments = LighttpdReader.Parse(Lighttpd, "/x", faults);
        Assert.Empty(faults);
        Assert.Equal(["server.modules", "var.where", "scgi.server", "server.max-request-size"], assignments.Select(assignment => assignment.Name));
        LighttpdAssignment server = assignments[2];
        Assert.Contains("^/(a|b)", Assert.Single(server.Conditions), StringComparison.Ordinal);
        LighttpdEntry mount = Assert.Single(server.Value.Entries);
        Assert.Equal(("/a/", "/x:4"), (mount.Key!.Text, mount.Key.Place.ToString()));
        Assert.Equal(2, mount.Value.Entries.Count);
        Assert.Equal("/run/a.sock", mount.Value.Entries[0].Value["socket"]!.Text);
        Assert.Equal("4000", mount.Value.Entries[1].Value["port"]!.Text);
    }

    [Fact]
    public void Inetd_has_fields_quotes_and_addresses_for_the_lines_that_follow()
    {
        IReadOnlyList<InetdLine> lines = InetdReader.Parse(Inetd, "/x");
        Assert.Equal(3, lines.Count);
        Assert.Equal(["x", "one two", "three"], lines[0].Arguments);
        Assert.Equal(("127.0.0.1", "/x:4"), (lines[1].Host, lines[1].Place.ToString()));
        Assert.Null(lines[2].Host);
        Assert.Empty(lines[2].Arguments);
    }

    [Fact]
    public void Xinetd_has_services_and_attributes()
    {
        IReadOnlyList<XinetdService> services = XinetdReader.Parse(Xinetd, "/x");
        Assert.Equal(["defaults", "one"], services.Select(service => service.Name));
        Assert.Equal("60", services[0].Value("instances"));
        Assert.Equal(["c"], services[1].Values("server_args"));
        Assert.Equal("/x:8", services[1]["disable"]!.Place.ToString());
    }

    [Fact]
    public void A_unit_has_lists_that_an_empty_value_begins_anew_and_lines_that_go_on()
    {
        var unit = new SystemdUnit("/x", SystemdReader.Parse(Unit, "/x"));
        Assert.Equal("/bin/b --x  y", unit["ExecStart"]!.Value);
        Assert.Equal("/x:5", unit["ExecStart"]!.Place.ToString());
        Assert.Null(unit["Empty"]);
        Assert.Equal("/x:2", unit.PlaceOfSection("Service").ToString());
    }

    [Theory, InlineData(Nginx), InlineData(Apache), InlineData(Lighttpd), InlineData(Inetd), InlineData(Xinetd), InlineData(Unit)]
    public void No_reader_stumbles_over_any_beginning_of_any_file(string text)
    {
        for (int length = 0; length <= text.Length; length++)
        {
            string beginning = text[..length];
            NginxReader.Parse(beginning, "/x", []);
            ApacheReader.Parse(beginning, "/x", []);
            LighttpdReader.Parse(beginning, "/x", []);
            InetdReader.Parse(beginning, "/x");
            XinetdReader.Parse(beginning, "/x");
            SystemdReader.Parse(beginning, "/x");
            CaddyReader.Parse(beginning, "/x");
            HAProxyReader.Parse(beginning, "/x");
        }
    }
}
