using System.Globalization;
using System.Text;

namespace Shims.MatrixTests.Environments;

/// <summary>What became of every probe behind one front. Names and ports are those of the examples again, so that recordings can be compared.</summary>
internal sealed class Recording
{
    private Recording(Front front) => Front = front;

    internal Front Front { get; }

    /// <summary>What the web server sent; not for one that starts the program itself, and nothing where it refused.</summary>
    internal Dictionary<Probe, IReadOnlyList<KeyValuePair<string, string>>> Sent { get; } = [];

    /// <summary>What the script got; nothing where the web server refused.</summary>
    internal Dictionary<Probe, IReadOnlyDictionary<string, string>> Received { get; } = [];

    /// <summary>The web server's own answers.</summary>
    internal Dictionary<Probe, int> Refused { get; } = [];

    /// <summary>Sends every probe through a front.</summary>
    internal static async Task<Recording> MakeAsync(Front front)
    {
        await using RunningFront running = await RunningFront.StartTappedAsync(front, RunningFronts.Scripts);
        var recording = new Recording(front);
        foreach (Probe probe in Probe.All)
            await recording.RecordAsync(running, probe);
        return recording;
    }

    private async Task RecordAsync(RunningFront running, Probe probe)
    {
        string note = running.NoteAt("environment");
        File.Delete(note);
        int[] before = [.. Requests(running).Select(connection => connection.Count)];
        ScriptReply reply = await probe.SendAsync(running.Browser);
        if (!File.Exists(note))
        {
            Refused[probe] = reply.Status;
            return;
        }
        Assert.InRange(reply.Status, 200, 206); // Apache cuts the page for Range itself.
        // TMPDIR is the test's: what it starts passes it on, except Apache.
        Received[probe] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(note)).Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2)).Where(parts => parts is not ["TMPDIR", _]).ToDictionary(parts => parts[0], parts => AsInExample(running, parts[0], parts[1]));
        if (running.Tap is null)
            return;
        // It may have come on any of the connections that are kept.
        IReadOnlyList<KeyValuePair<string, string>> sent = Requests(running).SelectMany((connection, index) => connection.Skip(index < before.Length ? before[index] : 0)).Single();
        Sent[probe] = [.. sent.Select(pair => KeyValuePair.Create(pair.Key, AsInExample(running, pair.Key, pair.Value)))];
    }

    private static IEnumerable<IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>>> Requests(RunningFront running) =>
        running.Tap?.Sent.Select(connection => SentVariables.Read(running.Front.Gateway, connection)) ?? [];

    private static string AsInExample(RunningFront running, string name, string value)
    {
        Installation here = running.Installation;
        string text = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(value));
        if (name is "REMOTE_PORT")
            return "(a port)";
        text = text.Replace(here.AddressOf("/srv"), "/srv", StringComparison.Ordinal).Replace(here.Sockets, "/run/shims", StringComparison.Ordinal)
            .Replace(here.Folder.Path, "(a folder)", StringComparison.Ordinal);
        foreach (int port in new[] { running.Front.Port, Gateway.Scgi.FirstPort, Gateway.FastCgi.FirstPort, Gateway.FastCgi.FirstPort + 2 })
            text = text.Replace(here.PortOf(port).ToString(CultureInfo.InvariantCulture), port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return name is "PATH" ? "(a path)" : text;
    }
}
