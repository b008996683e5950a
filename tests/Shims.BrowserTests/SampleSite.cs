using Shims.Testing;

namespace Shims.BrowserTests;

/// <summary>A directory of scripts, some with typical faults, served by <c>shimctl serve</c>.</summary>
internal sealed class SampleSite : IAsyncDisposable
{
    /// <summary>A chart of 64 by 40 pixels, as PNG.</summary>
    private const string Chart =
        "iVBORw0KGgoAAAANSUhEUgAAAEAAAAAoCAIAAADBrGu+AAAAXUlEQVR42u3PwQkAMQgEwHR2pV1tqSxXwL0MEjTM4msRdMZqngGwmeed/wEAAA" +
        "jvAwBUAWQ9BABwGyDaAwBUAWQdAOgGiPYAAKcB1XoAAIDugC6PAgAAAAAAXAn4AGYT4/S4xU0ZAAAAAElFTkSuQmCC";

    private readonly TemporaryFolder _folder;

    private SampleSite(TemporaryFolder folder, ShimctlServe server)
    {
        (_folder, Server) = (folder, server);
        Client = new HttpClient { BaseAddress = server.Url };
    }

    internal ShimctlServe Server { get; }

    internal Uri Url => Server.Url;

    /// <summary>Another client of the site.</summary>
    internal HttpClient Client { get; }

    internal string Folder => _folder.Path;

    internal static async Task<SampleSite> StartAsync(params IEnumerable<string> options)
    {
        var folder = new TemporaryFolder();
        foreach (string sample in Directory.GetFiles(Repository.PathTo("inetd-examples/cgi-bin")))
            folder.WriteScript($"cgi-bin/{Path.GetFileName(sample)}", await File.ReadAllBytesAsync(sample));
        folder.WriteScript("cgi-bin/report.pl", "#!/usr/bin/perl\nuse strict;\nprint \"Content-Type: text/plain\\n\\n\";\nprint \"Total: $total\\n\";\n");
        folder.WriteScript("cgi-bin/rows.py", "#!/usr/bin/env python3\nimport sys\nprint('Content-Type: text/plain\\n')\nprint('41 rows')\nprint('warning: 3 rows have no date', file=sys.stderr)\n");
        folder.WriteScript("cgi-bin/stock.py", "#!/usr/bin/env python3\nprint('Content-Type: text/plain\\n')\nprint('Stock', flush=True)\nprint(stock)\n");
        folder.WriteScript("cgi-bin/chart.cgi", $"#!/bin/sh\nprintf 'Content-Type: image/png\\n\\n'\nprintf '%s' '{Chart}' | base64 -d\n");
        folder.WriteScript("cgi-bin/bytes.cgi", "#!/bin/sh\nprintf 'Content-Type: application/octet-stream\\n\\n'\nhead -c 300 /dev/zero\n");
        folder.WriteScript("cgi-bin/orders.cgi", "#!/bin/sh\nprintf 'Content-Type: application/json\\nSet-Cookie: visit=2; Path=/; HttpOnly\\n\\n'\nprintf '{\"query\":\"%s\",\"total\":41,\"paid\":false}' \"$QUERY_STRING\"\n");
        folder.WriteScript("cgi-bin/imported.cgi", "#!/bin/sh\r\nprintf 'Content-Type: text/plain\\n\\n'\r\n");
        folder.Write("cgi-bin/stats.cgi", "#!/bin/sh\nprintf 'Content-Type: text/html\\n\\n<p>Statistics'\n");
        return new SampleSite(folder, await ShimctlServe.StartAsync(folder.Path, options));
    }

    internal string PathTo(string relative) => _folder.PathTo(relative);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
