using System.Net.Sockets;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Responds to requests by starting the program that inetd would start, with this process as the web server.</summary>
internal sealed class ScriptExchange(Site site, ProgramStarter starter, ScriptVerdicts verdicts, CompilingApps apps)
{
    /// <summary>The longest wait for the exit status of a failed program before the error page is sent without it.</summary>
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(2);

    /// <summary>Called when a program has been ended because it sent nothing, and the browser had left before.</summary>
    internal Action<RequestRecord>? Ended { get; init; }

    /// <summary>Responds to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The script of its path.</param>
    /// <param name="sink">Destination of the response.</param>
    /// <param name="record">The record of the request.</param>
    /// <param name="left">Cancelled when the browser closes the connection.</param>
    internal async Task RespondAsync(IncomingRequest request, Route route, IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        var errors = new ErrorFile();
        StartedProgram? program = null;
        SilenceLimit? silence = null;
        RequestState state = RequestState.Aborted;
        try
        {
            if (!await apps.RespondAsync(request, route, sink, record, left))
            {
                program = await StartAsync(route, errors, record);
                silence = new SilenceLimit(site.ReadTimeoutOf(route.File), () => ProgramStarter.Stop(program));
                state = await TalkAsync(request, route, program, silence, errors, sink, record, left);
            }
            else
                state = RequestState.Done;
        }
        catch (Exception exception) when (silence is { IsOver: true } && !left.IsCancellationRequested
            && exception is (OperationCanceledException or IOException or SocketException or ObjectDisposedException))
        {
            state = await EndSilenceAsync(silence.Reason(route.File), request, sink, record, left);
        }
        catch (ShimException exception)
        {
            var diagnosis = new Diagnosis(500, exception.Message);
            await FailurePage.SendAsync(await ExamineAsync(diagnosis, route), request, sink, record, left);
            state = RequestState.Done;
        }
        catch (Exception exception) when (left.IsCancellationRequested
            && exception is (OperationCanceledException or IOException or SocketException or ObjectDisposedException))
        {
            // The browser has closed the connection.
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IOException or SocketException
            or OperationCanceledException)
        {
            // Kestrel refuses to send a control character in a header, or a body that does not match Content-Length. Or the server is
            // ending.
            state = Truncate($"the response cannot be sent: {exception.Message}", sink, record);
        }
        finally
        {
            record.Update(noted =>
            {
                noted.State = state;
                noted.Times.RequestRead ??= program?.RequestReadAt;
                noted.Times.Ended = System.Diagnostics.Stopwatch.GetTimestamp();
                errors.CopyTo(noted.StandardError);
            });
            _ = FollowToEndAsync(program, silence, route.File, errors, record);
        }
    }

    private async Task<StartedProgram> StartAsync(Route route, ErrorFile errors, RequestRecord record)
    {
        ProgramLaunch launch = site.LaunchFor(route.File, site.Protocol == Gateway.Connections.Protocols.FastCgi ? null : errors.Path);
        record.Update(noted => (noted.Script, noted.Command) = (route.File, [launch.Path, .. launch.Arguments]));
        StartedProgram program = await starter.StartAsync(launch);
        record.Update(noted => noted.Times.Started = program.StartedAt);
        return program;
    }

    private async Task<RequestState> TalkAsync(IncomingRequest request, Route route, StartedProgram program, SilenceLimit silence,
        ErrorFile errors, IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        await using GatewayResponse response = await GatewayClient.SendAsync(RequestFor(request, route, record), program.Connection,
            site.Protocol, new ExchangeObserver(record, silence), left);
        record.UpdateQuietly(noted => noted.Times.RequestRead = program.RequestReadAt);
        GatewayResponseHead? head = response.Fault is null ? response.Head : null;
        byte[]? start = null;
        if (head is null || MayBeShimPage(head) || MayBeInterpreterPage(head, route.File))
        {
            start = head is null ? [] : await ReadShortAsync(response, left);
            if (await DiagnoseAsync(response, head, start, program, errors, record, route.File) is { } diagnosis)
            {
                record.UpdateQuietly(noted => noted.IsRefused = head is not null);
                if (silence.IsOver && head is null)
                    return await EndSilenceAsync(silence.Reason(route.File), request, sink, record, left);
                await FailurePage.SendAsync(await ExamineAsync(diagnosis, route), request, sink, record, left);
                return RequestState.Done;
            }
        }
        record.Update(noted => (noted.Status, noted.ResponseHeaders, noted.ResponseHead) = (head!.Status, head.Headers, head.Raw));
        sink.Start(head!.Status, head.Headers);
        await PassOnAsync(response, start, sink, record, left);
        if (response.EndRequest is { ApplicationStatus: not 0 } end)
            record.UpdateQuietly(noted => noted.BadEnd = ExitStatus.OfCode(end.ApplicationStatus));
        if (response.Fault is { } fault)
            return Truncate(silence.IsOver ? silence.Reason(route.File) : fault.ToString(), sink, record);
        await sink.CompleteAsync(left);
        return RequestState.Done;
    }

    /// <summary>Ends the response of a program that was ended: with a page, or truncated if a part has been sent.</summary>
    private static async Task<RequestState> EndSilenceAsync(string reason, IncomingRequest request, IResponseSink sink,
        RequestRecord record, CancellationToken left)
    {
        if (record.Look(static noted => noted.Status) is not null)
            return Truncate(reason, sink, record);
        await FailurePage.SendAsync(new Diagnosis(504, reason), request, sink, record, left);
        return RequestState.Done;
    }

    private static RequestState Truncate(string reason, IResponseSink sink, RequestRecord record)
    {
        record.Update(noted => noted.Trouble = reason);
        sink.Abort();
        return RequestState.Truncated;
    }

    private static async Task PassOnAsync(GatewayResponse response, byte[]? start, IResponseSink sink, RequestRecord record,
        CancellationToken left)
    {
        // It has been recorded already.
        if (start is { Length: > 0 })
            await sink.WriteAsync(start, left);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await response.ReadBodyAsync(buffer, left)) > 0;)
            await PassOnAsync(buffer.AsMemory(0, count), sink, record, left);
    }

    private static ValueTask PassOnAsync(ReadOnlyMemory<byte> bytes, IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        record.UpdateQuietly(noted => noted.ResponseBody.Add(bytes.Span));
        return sink.WriteAsync(bytes, left);
    }

    /// <summary>The request as nginx passes it on with the configurations in nginx-examples/; over AJP13, as Apache does.</summary>
    private TestRequest RequestFor(IncomingRequest request, Route route, RequestRecord record)
    {
        List<(string Name, string? Value)> parameters = site.NamesUrlOnly ? [] :
        [
            ("SCRIPT_NAME", route.ScriptName),
            ("PATH_INFO", route.PathInfo),
            ("DOCUMENT_ROOT", site.Root),
            ("SCRIPT_FILENAME", route.File),
        ];
        return new TestRequest
        {
            Url = request.Url,
            Method = request.Method,
            Headers = [.. request.Headers.Where(header => !IsOfTheBody(header.Name))],
            Parameters = parameters,
            ScriptFilename = site.NamesUrlOnly ? null : route.File,
            Body = request.Body is null ? null : new RecordedBody(request.Body, record),
            ContentLength = request.ContentLength,
            RemoteAddress = request.RemoteAddress,
            RemotePort = request.RemotePort,
        };
    }

    /// <summary>Whether a header frames the body, which has come in. Apache sends no Transfer-Encoding by AJP13 beside a length, nor would ajp-run take it.</summary>
    private bool IsOfTheBody(string name) => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || (site.NamesUrlOnly && name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether php-cgi or wsgi-run may have made the page of a script that has failed, with no word of the reason.</summary>
    private bool MayBeInterpreterPage(GatewayResponseHead head, string script) =>
        head is { Status: >= 500, ContentLength: null or <= Diagnosis.LongestShimPage } && site.InterpreterOf(script) is not null;

    private static bool MayBeShimPage(GatewayResponseHead head) =>
        head is { Status: >= 400, ContentLength: <= Diagnosis.LongestShimPage }
            && head.Find("Content-Type")?.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<byte[]> ReadShortAsync(GatewayResponse response, CancellationToken left)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[Diagnosis.LongestShimPage];
        for (int count; bytes.Length < Diagnosis.LongestShimPage && (count = await response.ReadBodyAsync(buffer, left)) > 0;)
            bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }

    /// <summary>The cause of a failure, after the end of the program; null if the response is not a failure.</summary>
    private async Task<Diagnosis?> DiagnoseAsync(GatewayResponse response, GatewayResponseHead? head, byte[] start,
        StartedProgram program, ErrorFile errors, RequestRecord record, string script)
    {
        await Task.WhenAny(program.Ended, Task.Delay(s_exitLimit));
        record.UpdateQuietly(noted =>
        {
            errors.CopyTo(noted.StandardError);
            (noted.ResponseHeaders, noted.ResponseHead) = (response.Head?.Headers ?? [], response.Head?.Raw ?? []);
            noted.ResponseBody.Add(head is null ? response.Unfinished : start);
        });
        if (head is null)
            return Diagnosis.OfResponse(response, script, Describe(program));
        string said = record.Look(static noted => noted.StandardError.ToText(out _));
        return Diagnosis.OfShimPage(head.Status, start, said)
            ?? (MayBeInterpreterPage(head, script) ? Diagnosis.OfInterpreterPage(head.Status, start, said, script) : null);
    }

    private async Task<Diagnosis> ExamineAsync(Diagnosis diagnosis, Route route) =>
        site.IsApp(route.File) || route.Kind != RouteKind.Script ? diagnosis
            : diagnosis with { Findings = [.. (await verdicts.ExamineAsync(route.File)).Where(IsFault)] };

    /// <summary>Whether a finding is worth a place under the cause. Checks that passed are not.</summary>
    private static bool IsFault(Finding finding) => finding.Severity > Severity.Good;

    /// <summary>Records standard error and exit status at the end of the program, which may run longer than its response.</summary>
    private async Task FollowToEndAsync(StartedProgram? program, SilenceLimit? silence, string script, ErrorFile errors,
        RequestRecord record)
    {
        if (program is not null)
            await program.Ended;
        silence?.Dispose();
        bool isEndedLate = silence is { IsOver: true } && record.Look(static noted => noted.State) == RequestState.Aborted;
        record.Update(noted =>
        {
            noted.Trouble = isEndedLate ? silence!.Reason(script) : noted.Trouble;
            noted.Exit = program is null ? null : Describe(program);
            errors.CopyTo(noted.StandardError);
            if (program is not null && noted.State == RequestState.Done)
                BadEnd.Note(noted, program.Ended.Result, isScripts: site.Protocol == Gateway.Connections.Protocols.Scgi);
        });
        errors.Dispose();
        if (isEndedLate)
            Ended?.Invoke(record);
    }

    private static string? Describe(StartedProgram program) =>
        program.Ended.IsCompletedSuccessfully ? BadEnd.Describe(program.Ended.Result) : null;
}
