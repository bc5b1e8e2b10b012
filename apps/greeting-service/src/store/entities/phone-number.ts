import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { ProfileEntity } from './profile';

/** A number that a business answers; the primary key makes it unique over all businesses. */
@Entity('phone_numbers')
export class PhoneNumberEntity {
  /** E.164. */
  @PrimaryColumn('text')
  number!: string;
  @Column('uuid', { name: 'business_id' })
  businessId!: string;
  /** Place in the profile's list. */
  @Column('integer')
  position!: number;
  @ManyToOne(() => ProfileEntity, (profile) => profile.phoneNumbers)
  @JoinColumn({ name: 'business_id' })
  profile!: Relation<ProfileEntity>;
}
