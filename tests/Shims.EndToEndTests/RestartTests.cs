using System.Collections.Concurrent;
using System.Text;

namespace Shims.EndToEndTests;

/// <summary>A process in wait mode is told to end again and again while nginx is busy: no visitor notices, and nothing runs a second time.</summary>
public sealed class RestartTests
{
    private const int Terminate = 15;

    [Theory]
    [InlineData("scgi-run", "unix wait"), InlineData("scgi-run", "tcp wait")]
    [InlineData("fcgi-run", "unix wait"), InlineData("fcgi-run", "tcp wait")]
    [Trait("fault", "N1")]
    public async Task Restarts_lose_no_request_of_nginx(string program, string connection)
    {
        using var folder = new TemporaryFolder();
        string runs = folder.PathTo("runs");
        await File.WriteAllTextAsync(runs, "");
        File.SetUnixFileMode(runs, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherWrite);
        File.SetUnixFileMode(folder.Path, File.GetUnixFileMode(folder.Path) | UnixFileMode.OtherExecute);
        var scripts = new Dictionary<string, string> { ["count.cgi"] = $"#!/bin/sh\necho $QUERY_STRING >> {runs}\nprintf 'Content-Type: text/plain\\n\\n%s' $QUERY_STRING\n" };
        await using Site site = await Site.StartAsync(Testing.Gateway.Named(program), connection, scripts);
        var answered = new ConcurrentQueue<string>();
        using var over = new CancellationTokenSource();
        int requests = 0;
        Task[] asking = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                string id = $"{Interlocked.Increment(ref requests)}";
                ScriptReply reply = await site.Browser.GetAsync($"/cgi-bin/count.cgi?{id}");
                Assert.True(reply.Status == 200 && reply.Body == id, $"{id}: {reply.Status} {reply.Body}\n{site.Nginx.Log}\n{site.SuperServer.Log}");
                answered.Enqueue(id);
            }
        }))];
        for (int restarts = 0; restarts < TestExtent.Of(20, 1000) && !asking.Any(task => task.IsFaulted); restarts++)
        {
            int before = answered.Count;
            await Patience.UntilAsync(() => answered.Count >= before + 4 || asking.Any(task => task.IsFaulted), "requests are answered");
            // Not a child that is about to become the script, and still has the program's name.
            foreach (int process in site.SuperServer.Descendants.Where(process => NameOf(process) == program && NameOf(ParentOf(process)) != program))
                ProcessTree.Signal(process, Terminate);
        }
        await over.CancelAsync();
        await Task.WhenAll(asking);
        string[] ran = await File.ReadAllLinesAsync(runs, Encoding.ASCII);
        Assert.Equal(answered.Order(), ran.Order());
    }

    private static int ParentOf(int process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended
        }
    }

    private static string NameOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").TrimEnd();
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
    }
}
