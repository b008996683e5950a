namespace Shims.Gateway.Requests;

/// <summary>A request that waits for a slot: <c>--max-wait</c>.</summary>
internal interface IWaitsForSlot
{
    /// <summary>A script has ended: looks at once whether there is a slot.</summary>
    void Look();
}
