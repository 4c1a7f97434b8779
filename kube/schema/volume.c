// Volumes: where the files come from.
#include "kube/schema/rows.h"

#define REMOVED "removed from Kubernetes; mount it on the host and use a hostPath volume"
#define DRIVER  "needs a driver; mount it on the host and use a hostPath volume"
#define OWNERS  "files belong to root; set a mode instead"

// Rows of sources that are refused as a whole.
#define ROW(field_name, form, words)                                                               \
	{                                                                                          \
		field_name, form, SUPPORT_REFUSED, NONE, .help = words                             \
	}
#define FS_TYPE    ROW("fsType", TEXT, "File system of the volume.")
#define READ_ONLY  ROW("readOnly", BOOL, "When true, the volume cannot be written to.")
#define SECRET_REF ROW("secretRef", POINTER(local_reference), "Secret to log in with.")

// clang-format off
static const SchemaField local_reference_fields[] = { ROW("name", TEXT, "Name of the object.") };
static TYPE_ONLY(local_reference, "LocalObjectReference", local_reference_fields, "An object of the same namespace.");

// --- honoured sources

static const SchemaField empty_dir_fields[] = {
	{ "medium", TEXT, SUPPORT_HONOURED, IN(EmptyDirSource, medium, const char *),
	  .help = "Absent for the disk, Memory for a tmpfs.", .mapping = "one directory or tmpfs for all containers of the Pod; Memory is kept through restarts of the machine" },
	{ "mode", OPTIONAL_INT32, SUPPORT_REFUSED, NONE, .help = "Mode of the directory.", .mapping = "the directory has mode 0777" },
	{ "sizeLimit", QUANTITY, SUPPORT_HONOURED, IN(EmptyDirSource, size_limit, OptionalQuantity),
	  .help = "How much it may hold.", .mapping = "size of the tmpfs; not enforced on disk" },
};
static TYPE(empty_dir, EmptyDirSource, "EmptyDirVolumeSource", empty_dir_fields, "An empty directory that lives as long as the Pod.");

static const char *const host_path_words[] = {
	"DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice", NULL,
};
static const SchemaField host_path_fields[] = {
	{ "path", TEXT, SUPPORT_HONOURED, IN(HostPathSource, path, const char *), .is_required = true,
	  .help = "Path on the host: absolute, without '..'.", .mapping = "bind mount, with what is mounted below; links are followed when it is applied" },
	{ "type", WORD, SUPPORT_HONOURED, IN(HostPathSource, type, unsigned), .words = host_path_words, .lists_empty = true,
	  .help = "What must be there; not checked when absent.",
	  .mapping = "checked or created before the start; CharDevice and BlockDevice may be opened (DeviceAllow=)" },
};
static TYPE(host_path, HostPathSource, "HostPathVolumeSource", host_path_fields, "A file or directory of the host.");

static const SchemaField key_to_path_fields[] = {
	{ "key", TEXT, SUPPORT_HONOURED, IN(KeyToPath, key, const char *), .is_required = true, .help = "Key in the object." },
	{ "mode", OPTIONAL_INT32, SUPPORT_HONOURED, IN(KeyToPath, mode, OptionalInt64),
	  .help = "Mode of the file, 0 to 0777; defaultMode when absent." },
	{ "path", TEXT, SUPPORT_HONOURED, IN(KeyToPath, path, const char *), .is_required = true,
	  .help = "Path of the file in the volume: relative, without '..'." },
	{ "user", OPTIONAL_INT64, SUPPORT_REFUSED, NONE, .help = "Owner of the file.", .mapping = OWNERS },
};
static TYPE(key_to_path, KeyToPath, "KeyToPath", key_to_path_fields, "A key, and the file that it becomes.");

#define OBJECT_VOLUME_FIELDS                                                                       \
	{ "defaultMode", OPTIONAL_INT32, SUPPORT_HONOURED, IN(ObjectVolumeSource, default_mode, OptionalInt64), .otherwise = "0644", \
	  .help = "Mode of the files, 0 to 0777." },                                              \
	{ "defaultUser", OPTIONAL_INT64, SUPPORT_REFUSED, NONE, .help = "Owner of the files.", .mapping = OWNERS }, \
	{ "items", LIST(key_to_path), SUPPORT_HONOURED, IN(ObjectVolumeSource, items, KeyToPaths), \
	  .help = "Keys that become files; all when absent." }
#define OBJECT_VOLUME_OPTIONAL                                                                     \
	{ "optional", OPTIONAL_BOOL, SUPPORT_HONOURED, IN(ObjectVolumeSource, optional, OptionalBool), \
	  .help = "When true, a missing object or key is no error." }

static const SchemaField config_map_fields[] = {
	OBJECT_VOLUME_FIELDS,
	{ "name", TEXT, SUPPORT_HONOURED, IN(ObjectVolumeSource, name, const char *), .is_required = true, .help = "Name of the ConfigMap." },
	OBJECT_VOLUME_OPTIONAL,
};
static TYPE(config_map_volume, ObjectVolumeSource, "ConfigMapVolumeSource", config_map_fields, "The keys of a ConfigMap as files.");

static const SchemaField secret_fields[] = {
	OBJECT_VOLUME_FIELDS,
	OBJECT_VOLUME_OPTIONAL,
	{ "secretName", TEXT, SUPPORT_HONOURED, IN(ObjectVolumeSource, name, const char *), .is_required = true, .help = "Name of the Secret." },
};
static TYPE(secret_volume, ObjectVolumeSource, "SecretVolumeSource", secret_fields, "The keys of a Secret as files.");

static const SchemaField claim_fields[] = {
	{ "claimName", TEXT, SUPPORT_HONOURED, IN(ClaimVolumeSource, claim_name, const char *), .is_required = true, .help = "Name of the claim." },
	{ "readOnly", BOOL, SUPPORT_HONOURED, IN(ClaimVolumeSource, read_only, bool), .otherwise = "false",
	  .help = "When true, no container can write to it." },
};
static TYPE(claim_volume, ClaimVolumeSource, "PersistentVolumeClaimVolumeSource", claim_fields, "A claim of the same namespace.");

// --- sources that are built from the Pod or several objects

static const SchemaField downward_file_fields[] = {
	ROW("fieldRef", POINTER(schema_env_object_field), "Field of the Pod."),
	ROW("mode", OPTIONAL_INT32, "Mode of the file."),
	ROW("path", TEXT, "Path of the file in the volume."),
	ROW("resourceFieldRef", POINTER(schema_env_resource_field), "Limit or request of a container."),
	ROW("user", OPTIONAL_INT64, "Owner of the file."),
};
static TYPE_ONLY(downward_file, "DownwardAPIVolumeFile", downward_file_fields, "A fact about the Pod as a file.");

static const SchemaField downward_fields[] = {
	ROW("defaultMode", OPTIONAL_INT32, "Mode of the files."),
	ROW("defaultUser", OPTIONAL_INT64, "Owner of the files."),
	ROW("items", LIST(downward_file), "Files."),
};
static TYPE_ONLY(downward_volume, "DownwardAPIVolumeSource", downward_fields, "Facts about the Pod as files.");

static const SchemaField trust_bundle_fields[] = {
	ROW("labelSelector", POINTER(schema_label_selector), "Bundles to take."),
	ROW("name", TEXT, "Name of one bundle."),
	ROW("optional", OPTIONAL_BOOL, "When true, a missing bundle is no error."),
	ROW("path", TEXT, "Path of the file."),
	ROW("signerName", TEXT, "Signer whose bundles to take."),
	ROW("user", OPTIONAL_INT64, "Owner of the file."),
};
static TYPE_ONLY(trust_bundle, "ClusterTrustBundleProjection", trust_bundle_fields, "Root certificates.");

static const SchemaField object_projection_fields[] = {
	ROW("items", LIST(key_to_path), "Keys that become files."),
	ROW("name", TEXT, "Name of the object."),
	ROW("optional", OPTIONAL_BOOL, "When true, a missing object or key is no error."),
};
static TYPE_ONLY(config_map_projection, "ConfigMapProjection", object_projection_fields, "The keys of a ConfigMap.");
static TYPE_ONLY(secret_projection, "SecretProjection", object_projection_fields, "The keys of a Secret.");

static const SchemaField downward_projection_fields[] = { ROW("items", LIST(downward_file), "Files.") };
static TYPE_ONLY(downward_projection, "DownwardAPIProjection", downward_projection_fields, "Facts about the Pod.");

static const SchemaField pod_certificate_fields[] = {
	ROW("certificateChainPath", TEXT, "File of the certificates."),
	ROW("credentialBundlePath", TEXT, "File of key and certificates."),
	ROW("keyPath", TEXT, "File of the key."),
	ROW("keyType", TEXT, "Type of the key."),
	ROW("maxExpirationSeconds", OPTIONAL_INT32, "Longest life of a certificate."),
	ROW("signerName", TEXT, "Who signs."),
	ROW("user", OPTIONAL_INT64, "Owner of the files."),
	ROW("userAnnotations", TEXT_MAP, "Texts for the signer."),
};
static TYPE_ONLY(pod_certificate, "PodCertificateProjection", pod_certificate_fields, "A certificate for the Pod.");

static const SchemaField token_fields[] = {
	ROW("audience", TEXT, "Whom the token is for."),
	ROW("expirationSeconds", OPTIONAL_INT64, "Life of the token."),
	ROW("path", TEXT, "Path of the file."),
	ROW("user", OPTIONAL_INT64, "Owner of the file."),
};
static TYPE_ONLY(token_projection, "ServiceAccountTokenProjection", token_fields, "A token for the API server.");

static const SchemaField projection_fields[] = {
	ROW("clusterTrustBundle", POINTER(trust_bundle), "Root certificates."),
	ROW("configMap", POINTER(config_map_projection), "Keys of a ConfigMap."),
	ROW("downwardAPI", POINTER(downward_projection), "Facts about the Pod."),
	ROW("podCertificate", POINTER(pod_certificate), "A certificate for the Pod."),
	ROW("secret", POINTER(secret_projection), "Keys of a Secret."),
	ROW("serviceAccountToken", POINTER(token_projection), "A token for the API server."),
};
static TYPE_ONLY(projection, "VolumeProjection", projection_fields, "One source of a projected volume.");

static const SchemaField projected_fields[] = {
	ROW("defaultMode", OPTIONAL_INT32, "Mode of the files."),
	ROW("defaultUser", OPTIONAL_INT64, "Owner of the files."),
	ROW("sources", LIST(projection), "Sources that are put together."),
};
static TYPE_ONLY(projected_volume, "ProjectedVolumeSource", projected_fields, "Several sources in one directory.");

static const SchemaField claim_template_fields[] = {
	ROW("metadata", STRUCT(schema_object_meta), "Labels and annotations of the claim."),
	ROW("spec", STRUCT(schema_claim_spec), "What storage is asked for."),
};
static TYPE_ONLY(claim_template, "PersistentVolumeClaimTemplate", claim_template_fields, "A claim that is made for the Pod.");

static const SchemaField ephemeral_fields[] = {
	ROW("volumeClaimTemplate", POINTER(claim_template), "The claim to make."),
};
static TYPE_ONLY(ephemeral_volume, "EphemeralVolumeSource", ephemeral_fields, "A claim that lives as long as the Pod.");

static const SchemaField image_fields[] = {
	ROW("pullPolicy", TEXT, "Always, IfNotPresent or Never."),
	ROW("reference", TEXT, "Image to mount."),
};
static TYPE_ONLY(image_volume, "ImageVolumeSource", image_fields, "The files of an image, read-only.");

// --- sources of clusters, refused as a whole

static const SchemaField nfs_fields[] = {
	ROW("path", TEXT, "Path that the server exports."),
	READ_ONLY,
	ROW("server", TEXT, "Name or address of the server."),
};
static TYPE_ONLY(nfs_volume, "NFSVolumeSource", nfs_fields, "A directory of an NFS server.");

static const SchemaField csi_fields[] = {
	ROW("driver", TEXT, "Name of the driver."),
	FS_TYPE,
	ROW("nodePublishSecretRef", POINTER(local_reference), "Secret for the driver."),
	ROW("readOnly", OPTIONAL_BOOL, "When true, the volume cannot be written to."),
	ROW("volumeAttributes", TEXT_MAP, "Texts for the driver."),
};
static TYPE_ONLY(csi_volume, "CSIVolumeSource", csi_fields, "A volume of a CSI driver.");

static const SchemaField flex_fields[] = {
	ROW("driver", TEXT, "Name of the driver."),
	FS_TYPE,
	ROW("options", TEXT_MAP, "Texts for the driver."),
	READ_ONLY,
	SECRET_REF,
};
static TYPE_ONLY(flex_volume, "FlexVolumeSource", flex_fields, "A volume of a flex driver.");

static const SchemaField iscsi_fields[] = {
	ROW("chapAuthDiscovery", BOOL, "Log in for discovery."),
	ROW("chapAuthSession", BOOL, "Log in for the session."),
	FS_TYPE,
	ROW("initiatorName", TEXT, "Name of the initiator."),
	ROW("iqn", TEXT, "Name of the target."),
	ROW("iscsiInterface", TEXT, "Transport."),
	ROW("lun", INT32, "Number of the unit."),
	ROW("portals", TEXTS, "More portals."),
	READ_ONLY,
	SECRET_REF,
	ROW("targetPortal", TEXT, "Portal of the target."),
};
static TYPE_ONLY(iscsi_volume, "ISCSIVolumeSource", iscsi_fields, "An iSCSI disk.");

static const SchemaField fc_fields[] = {
	FS_TYPE,
	ROW("lun", OPTIONAL_INT32, "Number of the unit."),
	READ_ONLY,
	ROW("targetWWNs", TEXTS, "Names of the targets."),
	ROW("wwids", TEXTS, "Identifiers of the disk."),
};
static TYPE_ONLY(fc_volume, "FCVolumeSource", fc_fields, "A Fibre Channel disk.");

static const SchemaField git_repo_fields[] = {
	ROW("directory", TEXT, "Directory to clone into."),
	ROW("repository", TEXT, "Address of the repository."),
	ROW("revision", TEXT, "Commit to check out."),
};
static TYPE_ONLY(git_repo_volume, "GitRepoVolumeSource", git_repo_fields, "A clone of a git repository.");

static const SchemaField aws_fields[] = {
	FS_TYPE, ROW("partition", INT32, "Number of the partition."), READ_ONLY, ROW("volumeID", TEXT, "Identifier of the disk."),
};
static TYPE_ONLY(aws_volume, "AWSElasticBlockStoreVolumeSource", aws_fields, "An AWS disk.");

static const SchemaField azure_disk_fields[] = {
	ROW("cachingMode", TEXT, "Caching of the disk."), ROW("diskName", TEXT, "Name of the disk."),
	ROW("diskURI", TEXT, "Address of the disk."), FS_TYPE, ROW("kind", TEXT, "Kind of the disk."), READ_ONLY,
};
static TYPE_ONLY(azure_disk_volume, "AzureDiskVolumeSource", azure_disk_fields, "An Azure disk.");

static const SchemaField azure_file_fields[] = {
	READ_ONLY, ROW("secretName", TEXT, "Secret to log in with."), ROW("shareName", TEXT, "Name of the share."),
};
static TYPE_ONLY(azure_file_volume, "AzureFileVolumeSource", azure_file_fields, "An Azure file share.");

static const SchemaField ceph_fs_fields[] = {
	ROW("monitors", TEXTS, "Addresses of the monitors."), ROW("path", TEXT, "Path to mount."), READ_ONLY,
	ROW("secretFile", TEXT, "File of the key."), SECRET_REF, ROW("user", TEXT, "User to log in as."),
};
static TYPE_ONLY(ceph_fs_volume, "CephFSVolumeSource", ceph_fs_fields, "A Ceph file system.");

static const SchemaField cinder_fields[] = {
	FS_TYPE, READ_ONLY, SECRET_REF, ROW("volumeID", TEXT, "Identifier of the disk."),
};
static TYPE_ONLY(cinder_volume, "CinderVolumeSource", cinder_fields, "An OpenStack disk.");

static const SchemaField flocker_fields[] = {
	ROW("datasetName", TEXT, "Name of the data set."), ROW("datasetUUID", TEXT, "Identifier of the data set."),
};
static TYPE_ONLY(flocker_volume, "FlockerVolumeSource", flocker_fields, "A Flocker data set.");

static const SchemaField gce_fields[] = {
	FS_TYPE, ROW("partition", INT32, "Number of the partition."), ROW("pdName", TEXT, "Name of the disk."), READ_ONLY,
};
static TYPE_ONLY(gce_volume, "GCEPersistentDiskVolumeSource", gce_fields, "A Google disk.");

static const SchemaField gluster_fields[] = {
	ROW("endpoints", TEXT, "Name of the endpoints."), ROW("path", TEXT, "Path to mount."), READ_ONLY,
};
static TYPE_ONLY(gluster_volume, "GlusterfsVolumeSource", gluster_fields, "A Gluster volume.");

static const SchemaField photon_fields[] = { FS_TYPE, ROW("pdID", TEXT, "Identifier of the disk.") };
static TYPE_ONLY(photon_volume, "PhotonPersistentDiskVolumeSource", photon_fields, "A Photon disk.");

static const SchemaField portworx_fields[] = { FS_TYPE, READ_ONLY, ROW("volumeID", TEXT, "Identifier of the volume.") };
static TYPE_ONLY(portworx_volume, "PortworxVolumeSource", portworx_fields, "A Portworx volume.");

static const SchemaField quobyte_fields[] = {
	ROW("group", TEXT, "Group of the files."), READ_ONLY, ROW("registry", TEXT, "Addresses of the registries."),
	ROW("tenant", TEXT, "Tenant."), ROW("user", TEXT, "Owner of the files."), ROW("volume", TEXT, "Name of the volume."),
};
static TYPE_ONLY(quobyte_volume, "QuobyteVolumeSource", quobyte_fields, "A Quobyte volume.");

static const SchemaField rbd_fields[] = {
	FS_TYPE, ROW("image", TEXT, "Name of the image."), ROW("keyring", TEXT, "File of the key."),
	ROW("monitors", TEXTS, "Addresses of the monitors."), ROW("pool", TEXT, "Name of the pool."), READ_ONLY, SECRET_REF,
	ROW("user", TEXT, "User to log in as."),
};
static TYPE_ONLY(rbd_volume, "RBDVolumeSource", rbd_fields, "A Ceph disk.");

static const SchemaField scale_io_fields[] = {
	FS_TYPE, ROW("gateway", TEXT, "Address of the gateway."), ROW("protectionDomain", TEXT, "Protection domain."), READ_ONLY,
	SECRET_REF, ROW("sslEnabled", BOOL, "Use TLS."), ROW("storageMode", TEXT, "ThickProvisioned or ThinProvisioned."),
	ROW("storagePool", TEXT, "Name of the pool."), ROW("system", TEXT, "Name of the system."),
	ROW("volumeName", TEXT, "Name of the volume."),
};
static TYPE_ONLY(scale_io_volume, "ScaleIOVolumeSource", scale_io_fields, "A ScaleIO volume.");

static const SchemaField storage_os_fields[] = {
	FS_TYPE, READ_ONLY, SECRET_REF, ROW("volumeName", TEXT, "Name of the volume."),
	ROW("volumeNamespace", TEXT, "Namespace of the volume."),
};
static TYPE_ONLY(storage_os_volume, "StorageOSVolumeSource", storage_os_fields, "A StorageOS volume.");

static const SchemaField vsphere_fields[] = {
	FS_TYPE, ROW("storagePolicyID", TEXT, "Identifier of the policy."), ROW("storagePolicyName", TEXT, "Name of the policy."),
	ROW("volumePath", TEXT, "Path of the disk."),
};
static TYPE_ONLY(vsphere_volume, "VsphereVirtualDiskVolumeSource", vsphere_fields, "A vSphere disk.");

// --- the volume

#define REFUSED_SOURCE(field_name, type, words, reason)                                            \
	{ field_name, POINTER(type), SUPPORT_REFUSED, NONE, .help = words, .mapping = reason }

static const SchemaField volume_fields[] = {
	REFUSED_SOURCE("awsElasticBlockStore", aws_volume, "An AWS disk.", REMOVED),
	REFUSED_SOURCE("azureDisk", azure_disk_volume, "An Azure disk.", REMOVED),
	REFUSED_SOURCE("azureFile", azure_file_volume, "An Azure file share.", REMOVED),
	REFUSED_SOURCE("cephfs", ceph_fs_volume, "A Ceph file system.", REMOVED),
	REFUSED_SOURCE("cinder", cinder_volume, "An OpenStack disk.", REMOVED),
	{ "configMap", POINTER(config_map_volume), SUPPORT_HONOURED, IN(Volume, config_map, ObjectVolumeSource *),
	  .help = "The keys of a ConfigMap as files.", .mapping = "read-only; files change when the ConfigMap does" },
	REFUSED_SOURCE("csi", csi_volume, "A volume of a CSI driver.", DRIVER),
	REFUSED_SOURCE("downwardAPI", downward_volume, "Facts about the Pod as files.", NOT_YET),
	{ "emptyDir", POINTER(empty_dir), SUPPORT_HONOURED, IN(Volume, empty_dir, EmptyDirSource *),
	  .help = "An empty directory, shared by the containers.", .mapping = "a directory or tmpfs; kept until the Pod is deleted, or changed beyond its images" },
	REFUSED_SOURCE("ephemeral", ephemeral_volume, "A claim that lives as long as the Pod.", NOT_YET),
	REFUSED_SOURCE("fc", fc_volume, "A Fibre Channel disk.", DRIVER),
	REFUSED_SOURCE("flexVolume", flex_volume, "A volume of a flex driver.", DRIVER),
	REFUSED_SOURCE("flocker", flocker_volume, "A Flocker data set.", REMOVED),
	REFUSED_SOURCE("gcePersistentDisk", gce_volume, "A Google disk.", REMOVED),
	REFUSED_SOURCE("gitRepo", git_repo_volume, "A clone of a git repository.", "disabled in Kubernetes; clone in an init container"),
	REFUSED_SOURCE("glusterfs", gluster_volume, "A Gluster volume.", REMOVED),
	{ "hostPath", POINTER(host_path), SUPPORT_HONOURED, IN(Volume, host_path, HostPathSource *),
	  .help = "A file or directory of the host.", .mapping = "bind mount" },
	REFUSED_SOURCE("image", image_volume, "The files of an image, read-only.", NOT_YET),
	REFUSED_SOURCE("iscsi", iscsi_volume, "An iSCSI disk.", DRIVER),
	{ "name", TEXT, SUPPORT_HONOURED, IN(Volume, name, const char *), .is_required = true, .help = "Name of the volume, unique in the Pod." },
	REFUSED_SOURCE("nfs", nfs_volume, "A directory of an NFS server.", NOT_YET "; mount it on the host and use a hostPath volume"),
	{ "persistentVolumeClaim", POINTER(claim_volume), SUPPORT_HONOURED, IN(Volume, persistent_volume_claim, ClaimVolumeSource *),
	  .help = "Storage that outlives the Pod.", .mapping = "a directory below volumes/" },
	REFUSED_SOURCE("photonPersistentDisk", photon_volume, "A Photon disk.", REMOVED),
	REFUSED_SOURCE("portworxVolume", portworx_volume, "A Portworx volume.", REMOVED),
	REFUSED_SOURCE("projected", projected_volume, "Several sources in one directory.", NOT_YET),
	REFUSED_SOURCE("quobyte", quobyte_volume, "A Quobyte volume.", REMOVED),
	REFUSED_SOURCE("rbd", rbd_volume, "A Ceph disk.", REMOVED),
	REFUSED_SOURCE("scaleIO", scale_io_volume, "A ScaleIO volume.", REMOVED),
	{ "secret", POINTER(secret_volume), SUPPORT_HONOURED, IN(Volume, secret, ObjectVolumeSource *),
	  .help = "The keys of a Secret as files.", .mapping = "read-only, on tmpfs; files change when the Secret does" },
	REFUSED_SOURCE("storageos", storage_os_volume, "A StorageOS volume.", REMOVED),
	REFUSED_SOURCE("vsphereVolume", vsphere_volume, "A vSphere disk.", REMOVED),
};
// clang-format on

TYPE(schema_volume, Volume, "Volume", volume_fields, "Files that containers share or keep.");
