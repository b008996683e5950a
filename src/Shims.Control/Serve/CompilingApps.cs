namespace Shims.Control.Serve;

/// <summary>Responds in the place of apps that are being compiled, or do not compile.</summary>
internal sealed class CompilingApps(AppBuilds builds)
{
    /// <summary>The longest wait of a browser for a compilation without a page that says so. After a second a person wonders.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <summary>Compiles an app if its file has changed, and responds if it cannot be started.</summary>
    /// <returns>False if the app can be started.</returns>
    internal async Task<bool> RespondAsync(IncomingRequest request, Route route, IResponseSink sink, RequestRecord record,
        CancellationToken left)
    {
        if (route.Kind != RouteKind.Script || !Site.IsSource(route.File))
            return false;
        Task? patience = request.IsPage && request.AcceptsHtml ? Task.Delay(s_patience, left) : null;
        AppBuild build;
        do
        {
            build = builds.Of(route.File);
            if (patience is null)
                await build.Ended.WaitAsync(left);
            else if (await Task.WhenAny(build.Ended, patience) == patience)
            {
                record.Update(noted => (noted.Script, noted.Status, noted.IsCompiling) = (route.File, 503, true));
                await FailurePage.SendAsync(503, DiagnosisPage.ToHtml(build, record), isHtml: true, sink, left);
                return true;
            }
        }
        while (build.IsOutdated);
        if (build.Output is null)
            return false;
        record.Update(noted => noted.Script = route.File);
        await FailurePage.SendAsync(Diagnosis.OfBuild(build), request, sink, record, left);
        return true;
    }
}
