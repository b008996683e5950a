using System.Text;
using Shims.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Recording;

/// <summary>Remembers a request while it is served, so that a capsule can be made of it if it fails.</summary>
internal sealed unsafe class RecordedRequest : IRequestObserver
{
    private readonly Recorder _recorder;
    private readonly Exchange _exchange;
    private readonly long _begun = Libc.Milliseconds();
    private readonly long _time = Libc.UnixMilliseconds();
    private readonly BoundedPrefix _body = new(Limits.RecordedBody + Redaction.Margin);
    private readonly BoundedPrefix? _data;
    private readonly BoundedPrefix _reply = new(Limits.RecordedReply + Redaction.Margin);
    private readonly BoundedTail _errors = new(Limits.RecordedErrors + Redaction.Margin);
    private LaunchPlan _plan;
    private ExitStatus? _end;
    private long _startedAfter = -1;
    private long _answeredAfter = -1;
    private bool _isOver;
    private string? _kept;

    internal RecordedRequest(Recorder recorder, Exchange exchange)
    {
        _recorder = recorder;
        _exchange = exchange;
        exchange.Body.Start = _body;
        if (exchange.Data is { } data)
            data.Start = _data = new BoundedPrefix(Limits.RecordedBody + Redaction.Margin);
    }

    /// <summary>The status that the script has answered with; 0 before.</summary>
    public int Status { get; set; }

    private long Elapsed => Libc.Milliseconds() - _begun;

    /// <summary>Tells what is to be run, as far as that is known.</summary>
    public void Prepared(in LaunchPlan plan) => _plan = plan;

    /// <summary>The script has started.</summary>
    public void Started() => _startedAfter = Elapsed;

    /// <summary>The script has ended.</summary>
    public void Ended(ExitStatus status) => _end = status;

    /// <summary>The script has written to its output.</summary>
    public void AddReply(ReadOnlySpan<byte> output)
    {
        if (_answeredAfter < 0)
            _answeredAfter = Elapsed;
        _reply.Add(output);
    }

    /// <summary>The script has written to its standard error.</summary>
    public void AddErrors(ReadOnlySpan<byte> lines) => _errors.Add(lines);

    /// <summary>From now on there is nothing to be kept, whatever comes.</summary>
    public void GiveUp() => _isOver = true;

    /// <summary>The request cannot be answered as it should.</summary>
    /// <returns>The fault, which now says where its capsule is.</returns>
    public Fault Failed(Fault fault) => TryKeep("fault", _exchange.HasResponseStarted ? Status : fault.Status, fault) ? At(fault) : fault;

    /// <summary>The response is complete.</summary>
    public void Completed()
    {
        if (Status >= 500)
        {
            var fault = new Fault(Status, $"{PrintableText.Of(_plan)} answered with status {Status}", "see what it wrote");
            if (TryKeep("status", Status, fault))
                Log.Write(_exchange.RequestId, At(fault) with { Requested = RequestedPath.Of(_exchange.Variables) });
        }
        else if (_recorder.KeepsAll)
        {
            TryKeep("all", Status, null);
        }
    }

    /// <summary>The response is complete, but the script's exit status says that something went wrong.</summary>
    /// <returns>The fault, which now says where its capsule is.</returns>
    public Fault Exited(Fault fault) => TryKeep("exit", Status, fault) ? At(fault) : fault;

    /// <summary>The web server has gone before the response was complete: a browser that did not wait, or its own patience.</summary>
    /// <returns>The fault with its capsule; null if there is none.</returns>
    public Fault? Abandoned(Fault fault) => TryKeep("gone", 0, fault) ? At(fault) : null;

    private Fault At(Fault fault) => fault with { Capsule = _kept };

    private bool TryKeep(string reason, int status, Fault? fault)
    {
        if (_isOver)
            return false;
        _isOver = true;
        Redaction? redaction = _recorder.KeepsSecrets ? null : new Redaction();
        if (redaction is not null)
            LearnOwn(redaction);
        CapsuleWriter writer;
        int places;
        do
        {
            places = redaction?.Places.Count ?? 0;
            writer = Write(redaction, reason, status, fault);
        }
        while (redaction is not null && redaction.Places.Count > places);
        bool isKept = _recorder.Folder.TryKeep(_exchange.RequestId, writer.Written, out _kept, out string? obstacle);
        if (!isKept)
            Log.WriteLine(_exchange.RequestId, $"cannot keep a capsule in {_recorder.Folder.Name}: {obstacle}");
        return isKept;
    }

    /// <summary>The environment without the request's variables: that of the command line and of the super-server.</summary>
    private void LearnOwn(Redaction redaction)
    {
        for (byte** next = _plan.Environment; next != null && *next != null; next++)
        {
            ReadOnlySpan<byte> setting = Text(*next);
            int equals = setting.IndexOf((byte)'=');
            if (equals >= 0 && !_exchange.Variables.TryGet(setting[..equals], out _))
                redaction.LearnOwn(setting);
        }
    }

    private CapsuleWriter Write(Redaction? redaction, string reason, int status, Fault? fault)
    {
        // What must not be missing comes first.
        var writer = new CapsuleWriter(Limits.CapsuleSize);
        writer.Begin();
        writer.Add(CapsuleSection.Program, Log.Program);
        if (AppContext.GetData("Shims.Version") is string version)
            writer.Add(CapsuleSection.Version, version);
        writer.Add(CapsuleSection.Time, _time);
        writer.Add(CapsuleSection.RequestId, _exchange.RequestId);
        writer.Add(CapsuleSection.Reason, reason);
        if (status > 0)
            writer.Add(CapsuleSection.Status, status);
        if (fault is not null)
        {
            writer.Add(CapsuleSection.Cause, Clean(redaction, CapsuleSection.Cause, Encoding.UTF8.GetBytes(fault.Cause), TextCut.AtEnd));
            writer.Add(CapsuleSection.Cure, fault.Cure);
        }
        writer.Add(CapsuleSection.Protocol, _exchange.Channel.Protocol);
        writer.Add(CapsuleSection.Peer, _exchange.Channel.Peer);
        if (redaction is null)
            writer.Add(CapsuleSection.Secrets, default(ReadOnlySpan<byte>));
        else
            foreach (string place in redaction.Places)
                writer.Add(CapsuleSection.Redacted, place);
        AddScript(writer);
        AddTimes(writer);
        writer.Add(CapsuleSection.ErrorLength, _errors.Total);
        ReadOnlySpan<byte> errors = Clean(redaction, CapsuleSection.Error, _errors.Bytes, _errors.Total > _errors.Bytes.Length ? TextCut.AtStart : TextCut.None);
        writer.Add(CapsuleSection.Error, errors[Math.Max(0, errors.Length - Limits.RecordedErrors)..]);
        writer.Add(CapsuleSection.ReplyLength, _reply.Total);
        writer.Add(CapsuleSection.Reply, Start(redaction is null ? _reply.Bytes : redaction.Reply(_reply.Bytes, CutOf(_reply)), Limits.RecordedReply));
        AddSettings(writer, redaction);
        AddBodies(writer, redaction);
        writer.End();
        return writer;
    }

    private void AddScript(CapsuleWriter writer)
    {
        ScriptTarget target = _exchange.Context.Options.Target;
        writer.Add(CapsuleSection.Target, target.IsDirectory ? (byte[])[.. target.Path, (byte)'/'] : target.Path);
        if (_plan.Path != null)
            writer.Add(CapsuleSection.Script, Text(_plan.Path));
        if (_plan.Interpreter != null)
            writer.Add(CapsuleSection.Interpreter, Text(_plan.Interpreter));
        if (_plan.Directory != null)
            writer.Add(CapsuleSection.Directory, Text(_plan.Directory));
        for (int i = 0; i < target.ArgumentCount; i++)
            writer.Add(CapsuleSection.Argument, Text(target.Arguments[i]));
        writer.Add(CapsuleSection.User, Libc.EffectiveUser);
        writer.Add(CapsuleSection.Group, Libc.EffectiveGroup);
        Span<uint> groups = stackalloc uint[256];
        foreach (uint group in groups[..Libc.SupplementaryGroups(groups)])
            writer.Add(CapsuleSection.SupplementaryGroup, group);
        Limits limits = _exchange.Context.Limits;
        long cpuSeconds = _plan.CpuSeconds > 0 ? _plan.CpuSeconds : limits.CpuSeconds, addressSpace = _plan.AddressSpace > 0
            ? _plan.AddressSpace : limits.AddressSpace;
        if (cpuSeconds > 0)
            writer.Add(CapsuleSection.CpuSeconds, cpuSeconds);
        if (addressSpace > 0)
            writer.Add(CapsuleSection.AddressSpace, addressSpace);
        if (_end is { } end)
            writer.Add(CapsuleSection.End, end.Signal == 0 ? $"exit {end.Code}" : $"signal {end.Signal}{(end.IsCoreDumped ? " core" : "")}");
    }

    private void AddTimes(CapsuleWriter writer)
    {
        if (_startedAfter >= 0)
            writer.Add(CapsuleSection.StartedAfter, _startedAfter);
        if (_answeredAfter >= 0)
            writer.Add(CapsuleSection.AnsweredAfter, _answeredAfter);
        writer.Add(CapsuleSection.Elapsed, Elapsed);
    }

    private void AddSettings(CapsuleWriter writer, Redaction? redaction)
    {
        foreach (CgiVariable variable in _exchange.Variables)
        {
            byte[] setting = [.. variable.Name, (byte)'=', .. variable.Value];
            writer.Add(CapsuleSection.Variable, redaction is null ? setting : redaction.Setting(CapsuleSection.Variable, setting));
        }
        for (byte** next = _plan.Environment; next != null && *next != null; next++)
            writer.Add(CapsuleSection.Environment, redaction is null ? Text(*next) : redaction.Setting(CapsuleSection.Environment, Text(*next)));
    }

    private void AddBodies(CapsuleWriter writer, Redaction? redaction)
    {
        writer.Add(CapsuleSection.BodyLength, _body.Total);
        bool isForm = _exchange.Variables.Get("CONTENT_TYPE"u8) is { Length: >= 33 } type && Ascii.EqualsIgnoreCase(type[..33], "application/x-www-form-urlencoded"u8);
        writer.Add(CapsuleSection.Body, Start(redaction is not null && isForm ? redaction.Pairs(CapsuleSection.Body, _body.Bytes, CutOf(_body)) : Clean(redaction, CapsuleSection.Body, _body.Bytes, CutOf(_body)), Limits.RecordedBody));
        if (_data is null)
            return;
        writer.Add(CapsuleSection.DataLength, _data.Total);
        writer.Add(CapsuleSection.Data, Start(Clean(redaction, CapsuleSection.Data, _data.Bytes, CutOf(_data)), Limits.RecordedBody));
    }

    private static TextCut CutOf(BoundedPrefix kept) => kept.Total > kept.Bytes.Length ? TextCut.AtEnd : TextCut.None;

    private static ReadOnlySpan<byte> Clean(Redaction? redaction, string place, ReadOnlySpan<byte> text, TextCut cut) => redaction is null ? text : redaction.Text(place, text, cut);

    /// <summary>Cuts a text to the part that is kept: after secrets have been removed, so that no piece of one is left at the edge.</summary>
    private static ReadOnlySpan<byte> Start(ReadOnlySpan<byte> text, int bound) => text[..Math.Min(text.Length, bound)];

    private static ReadOnlySpan<byte> Text(byte* nulTerminated) => new(nulTerminated, Libc.LengthOf(nulTerminated));
}
