namespace Shims.ControlTests.Deployments;

using Gateway = Testing.Gateway;

/// <summary>Each half is right, but they do not fit together.</summary>
public sealed class HalvesTests
{
    private const string Page = "/cgi-bin/hello.cgi";

    [Theory, InlineData("scgi-run", "fcgi-run"), InlineData("fcgi-run", "scgi-run")]
    public async Task A_gateway_of_the_other_protocol_is_named_with_the_line_to_change(string program, string wrong)
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Named(program));
        BreakableSite.Break(workshop.InetdFile, program, wrong);
        await workshop.ReloadAndSeeAsync(Page, 500);
        Diagnosis diagnosis = await workshop.AskAsync();
        DiagnosisFinding finding = diagnosis.Errors.First(error => error.Cause.Contains($"but {wrong}, which inetd starts there", StringComparison.Ordinal));
        Assert.StartsWith(workshop.NginxSite + ":", finding.Subject, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
    }

    [Fact]
    public async Task A_socket_of_the_other_protocol_is_replaced_by_the_right_one_if_there_is_one()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi, changeInetd: inetd => inetd.With("127.0.0.1:4000", "#").With("127.0.0.1:4001", "#").With("127.0.0.1:4002", "#")
            .With("# wait:", $"/run/shims/fcgi.sock stream unix nowait.9999999 www-data /usr/local/libexec/fcgi-run fcgi-run /srv/cgi-bin/\n# wait:"));
        BreakableSite.Break(workshop.NginxSite, workshop.Socket, workshop.Installation.AddressOf("/run/shims/fcgi.sock"));
        await workshop.ReloadAndSeeAsync(Page, 500);
        Diagnosis diagnosis = await workshop.AskAsync();
        DiagnosisFinding[] findings = [.. diagnosis.Errors.Where(error => error.Cause.Contains($"SCGI is spoken at {workshop.Socket}", StringComparison.Ordinal))];
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Equal(2, findings.Length);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_script_file_built_from_the_wrong_root_gets_the_right_one(string program)
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Named(program));
        string root = workshop.Installation.AddressOf("/srv");
        BreakableSite.Break(workshop.NginxSite, $"{root}$", "/var/www$");
        await workshop.ReloadAndSeeAsync(Page, 403);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("nginx sends SCRIPT_FILENAME=/var/www/cgi-bin/");
        Assert.Contains($"is not under {root}/cgi-bin/", finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task A_script_file_that_is_not_sent_is_written_where_it_counts(string program)
    {
        Gateway gateway = Gateway.Named(program);
        await using BreakableSite workshop = await BreakableSite.OpenAsync(gateway);
        string root = workshop.Installation.AddressOf("/srv");
        File.WriteAllLines(workshop.NginxSite, File.ReadAllLines(workshop.NginxSite).Where(line => !line.Contains($"SCRIPT_FILENAME", StringComparison.Ordinal) || !line.Contains(root + "$", StringComparison.Ordinal)));
        await workshop.ReloadAndSeeAsync(Page, 404);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("nginx sends no SCRIPT_FILENAME");
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Doctor_adds_a_missing_include_of_the_parameters(string program)
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Named(program));
        string include = $"include {workshop.Gateway.NginxWord}_params;";
        BreakableSite.Break(workshop.NginxSite, include, "");
        await workshop.ReloadAndSeeAsync("/cgi-bin/env.cgi", reply => reply.Status == 200 && !reply.Environment.ContainsKey("REMOTE_PORT"));
        Diagnosis diagnosis = await workshop.AskAsync();
        DiagnosisFinding[] findings = [.. diagnosis.Errors.Where(error => error.Cause.StartsWith($"{workshop.Gateway.NginxWord}_params is not included", StringComparison.Ordinal))];
        Assert.Equal(2, findings.Length);
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        await workshop.ReloadAndSeeAsync("/cgi-bin/env.cgi", reply => reply.Status == 200 && reply.Environment.ContainsKey("REMOTE_PORT"));
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task Parameters_of_the_other_protocol_have_no_effect()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.FastCgi);
        BreakableSite.Break(workshop.NginxSite, "include fastcgi_params;", "include scgi_params;");
        BreakableSite.Break(workshop.NginxSite, "fastcgi_param SCRIPT_FILENAME", "scgi_param SCRIPT_FILENAME");
        await workshop.ReloadAndSeeAsync(Page, 404);
        Diagnosis diagnosis = await workshop.AskAsync();
        DiagnosisFinding[] findings = [.. diagnosis.Errors.Where(error => error.Cause.Contains("no effect beside fastcgi_pass", StringComparison.Ordinal))];
        Assert.Equal(2, findings.Length);
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task An_include_after_a_parameter_of_ones_own_undoes_it()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.FastCgi);
        // What distributions call fastcgi.conf: with SCRIPT_FILENAME.
        File.WriteAllText(workshop.Installation.Folder.PathTo("nginx-8080/fastcgi.conf"), File.ReadAllText("/etc/nginx/fastcgi_params") + "\nfastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\n");
        string site = File.ReadAllText(workshop.NginxSite);
        int first = site.IndexOf("include fastcgi_params;", StringComparison.Ordinal), info = site.IndexOf("fastcgi_param SCRIPT_FILENAME", StringComparison.Ordinal);
        int end = site.IndexOf('\n', info);
        File.WriteAllText(workshop.NginxSite, site.Insert(end, "\n        include fastcgi.conf;").Remove(first, "include fastcgi_params;".Length));
        await workshop.ReloadAndSeeAsync(Page, 403);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("the later one counts");
        Assert.Contains("SCRIPT_FILENAME", finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task A_mount_point_that_also_takes_what_begins_like_it_is_closed_and_divided_rightly()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi,
            changeInetd: inetd => inetd.With("/usr/lib/cgi-bin/awstats.pl", "/srv/cgi-bin/env.cgi"),
            changeNginx: nginx => nginx.With("    # Uploads", $"    location /blog {{\n        scgi_pass unix:/run/shims/awstats-scgi.sock;\n        include scgi_params;\n    }}\n    # Uploads").With("location ~ ^(?<name>/[a-z0-9_-]+)", "location ~ ^(?<name>/x[a-z0-9_-]+)"));
        await workshop.ReloadAndSeeAsync("/blog2", 200);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("/blog also takes /blog2");
        Assert.Contains("for /blog/more SCRIPT_NAME=/blog and PATH_INFO=/more", finding.Cause, StringComparison.Ordinal);
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync("/blog2", 404);
        await workshop.SeeAsync("/blog", 200);
        await workshop.SeeAsync("/blog/more", reply => reply.Environment.GetValueOrDefault("SCRIPT_NAME") == "/blog" && reply.Environment.GetValueOrDefault("PATH_INFO") == "/more");
        Assert.DoesNotContain((await workshop.AskAsync()).Problems, problem => problem.Cause.Contains("PATH_INFO", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_split_that_try_files_undoes_is_kept_in_a_variable()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.FastCgi,
            changeNginx: nginx => nginx.With("        # Which file to run.", "        root /srv;\n        try_files $fastcgi_script_name =404;\n        fastcgi_split_path_info ^(/cgi-bin/[^/]+)(/.*)$;\n        fastcgi_param PATH_INFO $fastcgi_path_info;\n        # Which file to run."));
        Assert.DoesNotContain("PATH_INFO", (await workshop.Nginx.Browser.GetAsync("/cgi-bin/env.cgi/more")).Environment.Keys);
        DiagnosisFinding finding = (await workshop.AskAsync()).The("try_files empties $fastcgi_path_info");
        await finding.CureAsync();
        await workshop.ReloadAndSeeAsync("/cgi-bin/env.cgi/more", reply => reply.Status == 200 && reply.Environment.GetValueOrDefault("PATH_INFO") == "/more");
        Assert.DoesNotContain((await workshop.AskAsync()).Problems, problem => problem.Cause.Contains("try_files", StringComparison.Ordinal));
    }
}
