using System.Text;
using Mono.Unix.Native;
using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Servers.Checking;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Deployments;

/// <summary>What doctor says where SELinux enforces its policy: a root folder with labelled files stands for the machine.</summary>
public sealed class SELinuxTests : IDisposable
{
    private const string Program = "/usr/libexec/scgi-run", Sock = "/run/shims/scgi.sock";

    private readonly TemporaryFolder _root = new();

    public SELinuxTests()
    {
        _root.Write("sys/fs/selinux/enforce", "1");
        Switch("httpd_can_network_connect", false);
        Switch("httpd_unified", false);
        Switch("httpd_enable_cgi", true);
        Switch("haproxy_connect_any", false);
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Doctor_names_the_rule_for_a_program_a_folder_of_scripts_and_a_socket()
    {
        Label(Program, "bin_t");
        Label("/srv/cgi-bin/a.pl", "var_t");
        Label("/srv/cgi-bin/b.pl", "httpd_sys_script_exec_t");
        Label("/srv/cgi-bin/c.pl", "user_home_t");
        Label("/srv/cgi-bin/readme", "var_t", mayRun: false);
        Label(Sock, "var_run_t");
        Finding[] unit = OfUnit("/srv/cgi-bin/");
        Assert.Equal([Program, "/srv/cgi-bin/a.pl"], unit.Select(static finding => finding.Subject));
        Assert.Equal([@"semanage fcontext -a -t httpd_exec_t /usr/libexec/scgi-run && restorecon -v /usr/libexec/scgi-run",
            @"semanage fcontext -a -t httpd_sys_script_exec_t '/srv/cgi-bin(/.*)?' && restorecon -Rv /srv/cgi-bin"], unit.Select(static finding => finding.Command));
        Assert.Contains("its type is var_t, with which", unit[1].Cause, StringComparison.Ordinal);
        Assert.Contains("; nor may it run 1 more here", unit[1].Cause, StringComparison.Ordinal);
        Finding socket = Assert.Single(OfNginx($"unix:{Sock}"));
        Assert.Equal((Sock, @"semanage fcontext -a -t httpd_var_run_t '/run/shims(/.*)?' && restorecon -Rv /run/shims"), (socket.Subject, socket.Command));
    }

    [Fact]
    public void Doctor_says_nothing_of_labels_that_are_right()
    {
        Label(Program, "httpd_exec_t");
        Label("/srv/cgi-bin/a.pl", "httpd_sys_script_exec_t");
        Label("/srv/cgi-bin/git", "git_script_exec_t");
        Label(Sock, "httpd_var_run_t");
        Assert.Empty(OfUnit("/srv/cgi-bin/"));
        Assert.Empty(OfNginx($"unix:{Sock}"));
        Switch("httpd_can_network_connect", true);
        Assert.Empty(OfNginx("127.0.0.1:4000"));
    }

    [Theory, InlineData("0"), InlineData("")]
    public void Doctor_says_nothing_where_SELinux_only_logs_or_is_not_there(string enforce)
    {
        _root.Write("sys/fs/selinux/enforce", enforce);
        if (enforce.Length == 0)
            Directory.Delete(_root.PathTo("sys"), recursive: true);
        Label(Program, "bin_t");
        Label("/srv/cgi-bin/a.pl", "var_t");
        Label(Sock, "var_run_t");
        Assert.Empty(OfUnit("/srv/cgi-bin/"));
        Assert.Empty(OfNginx($"unix:{Sock}"));
        Assert.Empty(OfNginx("127.0.0.1:4000"));
    }

    [Fact]
    public void Files_without_a_label_that_can_be_read_are_not_judged()
    {
        _root.WriteScript("srv/cgi-bin/a.pl", "#!/usr/bin/perl\n");
        Assert.Empty(OfUnit("/srv/cgi-bin/"));
        Assert.Empty(OfNginx($"unix:{Sock}"));
    }

    [Fact]
    public void One_script_gets_a_rule_of_its_own_in_which_a_dot_is_a_dot()
    {
        Label("/srv/a+b.pl", "var_t");
        Assert.Equal(@"semanage fcontext -a -t httpd_sys_script_exec_t '/srv/a\+b\.pl' && restorecon -v /srv/a+b.pl", Assert.Single(OfUnit("/srv/a+b.pl")).Command);
        Label("/srv/a+b.pl", "httpd_sys_content_t");
        Assert.Single(OfUnit("/srv/a+b.pl"));
        Switch("httpd_unified", true);
        Assert.Empty(OfUnit("/srv/a+b.pl"));
    }

    [Fact]
    public void CGI_scripts_that_are_switched_off_are_told_of()
    {
        Label("/srv/a.pl", "httpd_sys_script_exec_t");
        Switch("httpd_enable_cgi", false);
        Assert.Equal("setsebool -P httpd_enable_cgi on", Assert.Single(OfUnit("/srv/a.pl")).Command);
    }

    [Fact]
    public void A_port_needs_a_boolean_of_the_web_server()
    {
        Finding nginx = Assert.Single(OfNginx("127.0.0.1:4000"));
        Assert.Equal("setsebool -P httpd_can_network_connect on", nginx.Command);
        Assert.Contains("nginx may not connect to 127.0.0.1:4000: 13 (Permission denied)", nginx.Cause, StringComparison.Ordinal);
        Assert.Equal("setsebool -P haproxy_connect_any on", Assert.Single(OfHAProxy("127.0.0.1:4000")).Command);
        // One of http_port_t.
        Assert.Empty(OfHAProxy("127.0.0.1:9000"));
    }

    private Finding[] OfUnit(string target)
    {
        _root.Write("x.service", $"[Service]\nExecStart={Program} {target}\nUser=root\nStandardInput=socket\n");
        return Of(_root.Write("x.socket", $"[Socket]\nListenStream={Sock}\nAccept=no\n"));
    }

    private Finding[] OfNginx(string address) => Of(_root.Write("site.conf", $"server {{\n    listen 8080;\n    location /cgi-bin/ {{\n        scgi_pass {address};\n        include scgi_params;\n    }}\n}}\n"));

    private Finding[] OfHAProxy(string address) => Of(_root.Write("haproxy.cfg",
        $"frontend site\n    bind 127.0.0.1:8080\n    default_backend x\nbackend x\n    use-fcgi-app x\n    server x {address} proto fcgi\nfcgi-app x\n    docroot /srv\n"));

    private Finding[] Of(string file)
    {
        var settings = new DoctorSettings { User = UserAccount.Current, MayRun = false, Labels = new SecurityLabels(_root.Path) };
        IConfiguration configuration = ServerKinds.Read(file)!;
        return [.. configuration.Examine(new ConfigurationSet([file], [], ServerKinds.Read), settings).Where(static finding => finding.Cause.StartsWith("SELinux", StringComparison.Ordinal))];
    }

    private void Switch(string boolean, bool isOn) => _root.Write($"sys/fs/selinux/booleans/{boolean}", isOn ? "1 1" : "0 0");

    private void Label(string path, string type, bool mayRun = true)
    {
        string file = mayRun ? _root.WriteScript(path[1..], "#!/bin/sh\n") : _root.Write(path[1..], "");
        int result = Syscall.lsetxattr(file, "security.selinux", Encoding.ASCII.GetBytes($"system_u:object_r:{type}:s0\0"));
        Assert.SkipWhen(result != 0 && Stdlib.GetLastError() is Errno.EPERM or Errno.EOPNOTSUPP, "needs a file system and a user with which labels can be set");
        Assert.Equal(0, result);
    }
}
